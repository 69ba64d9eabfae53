#include "reconcile/backbones/backbone.h"

namespace reconcile {

size_t Backbone::end_of_stage(int64_t stage) const {
  size_t end = 0;
  while (end < units.size() && units[end].stage <= stage) ++end;
  return end;
}

void Backbone::run(size_t first, size_t last, Flow& flow) const {
  constexpr size_t kPiece = 3;
  for (size_t end = first; first < last; first = end) {
    while (end < last && end < first + kPiece && units[end].stage == units[first].stage) ++end;
    const auto piece = [this, first, end](Flow& f) {
      for (size_t i = first; i < end; ++i) units[i].apply(f);
    };
    around_piece ? around_piece(piece, flow) : piece(flow);
  }
}

Flow Backbone::operator()(const Streams& inputs) const {
  Flow flow{inputs};
  run(0, units.size(), flow);
  return flow;
}

}  // namespace reconcile
