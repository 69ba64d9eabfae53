// One linear layer on the features; maps are averaged over height and width first. The head of every task that is not
// dense.

#include <ATen/ATen.h>

#include "reconcile/heads/head.h"

namespace reconcile::head_entries {

HeadEntry linear_entry() {
  return {{"linear", "average pool and one linear layer", "standard"},
          [](const HeadShape& shape, const LayerScope& scope) -> Head {
            Layer& fc = scope.add<Linear>("", shape.channels, shape.outputs);
            return [&fc](const HeadInput& input) { return fc(input.x.dim() == 4 ? input.x.mean({2, 3}) : input.x); };
          }};
}

}  // namespace reconcile::head_entries
