// Cross-stitch networks: a backbone for each task; between two stages column t goes on with a weighted sum of all
// columns, one learned number for each stage and pair, which starts at `self` for the column itself and shares the rest
// among the others (0.9 and 0.1 for two tasks, as in the paper; LibMTL starts all at 1, so activations grow T-fold a
// stage). Paper: Misra et al., CVPR 2016, arXiv:1604.03539, section 3.2. Differs: numbers a layer, not a channel.

#include "reconcile/models/columns.h"

namespace reconcile::model_entries {
namespace {

struct CrossStitchOptions {
  double self = 0.9;
};

class CrossStitch final : public ColumnModel {
 public:
  using Options = CrossStitchOptions;

  CrossStitch(const Options& options, const ModelContext& context) : ColumnModel(context) {
    const double rest = num_tasks() > 1 ? (1.0 - options.self) / static_cast<double>(num_tasks() - 1) : 0.0;
    stitches_ = add_mixing("stitch", options.self, rest);
  }

 private:
  Streams meet(int64_t stage, int64_t t, const std::vector<Streams>& given) override {
    return mix((*stitches_[stage][t])(given[t]), given);
  }

  std::vector<std::vector<Layer*>> stitches_;
};

}  // namespace

ModelEntry cross_stitch_entry() {
  return model_entry<CrossStitch>(
      {"cross_stitch", "Cross-stitch networks", "Misra et al., CVPR 2016, arXiv:1604.03539"},
      {option("self", &CrossStitchOptions::self, between(0, 1), "initial weight of a column's own features")});
}

}  // namespace reconcile::model_entries
