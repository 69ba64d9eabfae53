// Multi-gate mixture of experts: `experts` whole backbones; task t reads their sum weighted by the softmax of a linear
// gate on the flattened input, one mixture a sample. Gates are task-specific, experts shared and splittable. Paper: Ma
// et al., KDD 2018, doi:10.1145/3219819.3220007, equations 5 to 7.

#include "reconcile/models/experts.h"

namespace reconcile::model_entries {
namespace {

struct MmoeOptions {
  int64_t experts = 2;
};

class Mmoe final : public ExpertModel {
 public:
  using Options = MmoeOptions;

  Mmoe(const Options& options, const ModelContext& context) : ExpertModel(context, options.experts) {
    for (int64_t t = 0; t < num_tasks(); ++t) {
      gates_.push_back(&own(t).in("gates").add<Linear>(tasks()[t].name, input_size(context), options.experts));
    }
  }

 private:
  at::Tensor weigh(int64_t t, const at::Tensor& x) override { return gate_weights(*gates_[t], x); }

  std::vector<Layer*> gates_;
};

}  // namespace

ModelEntry mmoe_entry() {
  return model_entry<Mmoe>({"mmoe", "Multi-gate mixture of experts", "Ma et al., KDD 2018"},
                           {option("experts", &MmoeOptions::experts, at_least(1), "number of shared experts")});
}

}  // namespace reconcile::model_entries
