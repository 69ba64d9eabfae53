#include "reconcile/backbones/backbone.h"

namespace reconcile {

size_t Backbone::end_of_stage(int64_t stage) const {
  size_t end = 0;
  while (end < units.size() && units[end].stage <= stage) ++end;
  return end;
}

void Backbone::run(size_t first, size_t last, Flow& flow) const {
  for (size_t i = first; i < last; ++i) units[i].apply(flow);
}

Flow Backbone::operator()(const Streams& inputs) const {
  Flow flow{inputs};
  run(0, units.size(), flow);
  return flow;
}

}  // namespace reconcile
