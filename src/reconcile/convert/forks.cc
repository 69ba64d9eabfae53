#include "reconcile/convert/forks.h"

#include <set>

namespace reconcile {

std::vector<Fork> find_forks(MultiTaskModel& model, const std::vector<int64_t>& input_shape) {
  std::vector<Fork> forks;
  Partition before = Partition::shared(model.num_tasks());
  std::set<const Layer*> seen;
  for (const auto& call : model.trace(input_shape)) {
    const Partition& copies = call.layer->copies();
    if (copies.num_tasks() != model.num_tasks() || copies.is_shared() || !seen.insert(call.layer).second) continue;
    const Partition both = refine(before, copies);
    forks.push_back({call.layer->name(), copies, call.streams.num_groups(), both != before && both != copies});
    before = both;
  }
  return forks;
}

}  // namespace reconcile
