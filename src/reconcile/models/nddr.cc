// Neural discriminative dimensionality reduction: a backbone for each task; between two stages the maps of all columns
// are joined and each column goes on with a 1x1 convolution of them back to its channels, batch norm (momentum 0.05)
// and ReLU. The convolution starts as `self` times the own map plus `other` times each other one. Stages that do not
// end in a map do not meet. Paper: Gao et al., CVPR 2019, arXiv:1801.08297, sections 3 and 4.1 (its shortcut to the
// last layer is left out).

#include <ATen/ATen.h>

#include "reconcile/backbones/parts.h"
#include "reconcile/base/error.h"
#include "reconcile/models/columns.h"

namespace reconcile::model_entries {
namespace {

struct NddrOptions {
  double self = 0.8;
  double other = 0.05;
};

class Nddr final : public ColumnModel {
 public:
  using Options = NddrOptions;

  Nddr(const Options& options, const ModelContext& context) : ColumnModel(context) {
    bool any = false;
    for (int64_t stage = 0; stage < num_meetings(); ++stage) {
      const Feature& output = column(0).units[column(0).end_of_stage(stage) - 1].output;
      auto& units = units_.emplace_back();
      if (!output.is_map) continue;
      any = true;
      for (int64_t t = 0; t < num_tasks(); ++t) units.push_back(add_unit(stage, t, output.channels, options));
    }
    if (!any) fail<InvalidArgument>("architecture \"nddr\": this backbone has no maps to join. Use \"cross_stitch\".");
  }

 private:
  ConvNorm add_unit(int64_t stage, int64_t t, int64_t channels, const Options& options) {
    const int64_t T = num_tasks();
    const auto start = [=] {
      const at::Tensor eye = at::eye(channels);
      std::vector<at::Tensor> blocks;
      for (int64_t j = 0; j < T; ++j) blocks.push_back(eye * (j == t ? options.self : options.other));
      return at::cat(blocks, 1).view({channels, T * channels, 1, 1});
    };
    const LayerScope scope = shared().in("nddr").in(std::to_string(stage)).in(tasks()[t].name);
    Conv& conv = scope.add<Conv>("conv", Conv::Shape{.in = T * channels, .out = channels, .start = start});
    return {&conv, &scope.add<BatchNorm>("bn", channels, 0.05)};
  }

  Streams meet(int64_t stage, int64_t t, const std::vector<Streams>& given) override {
    if (units_[stage].empty()) return given[t];
    Streams joined = given[0];
    for (size_t j = 1; j < given.size(); ++j) joined = concat(joined, given[j]);
    return units_[stage][t](joined, kRelu);
  }

  std::vector<std::vector<ConvNorm>> units_;  ///< [meetings][T], or none for a meeting without maps
};

}  // namespace

ModelEntry nddr_entry() {
  using O = NddrOptions;
  return model_entry<Nddr>(
      {"nddr", "NDDR-CNN: joined maps, reduced by 1x1 convolutions", "Gao et al., CVPR 2019, arXiv:1801.08297"},
      {option("self", &O::self, between(0, 1), "initial weight of a column's own map"),
       option("other", &O::other, between(0, 1), "initial weight of each other map")});
}

}  // namespace reconcile::model_entries
