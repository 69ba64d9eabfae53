// Multi-gate mixture of experts: `experts` whole backbones; task t reads their sum weighted by the softmax of a linear
// gate on the flattened input, one mixture a sample. Gates are task-specific, experts shared and splittable. Paper: Ma
// et al., KDD 2018, doi:10.1145/3219819.3220007, equations 5 to 7.

#include "reconcile/models/mixtures.h"

namespace reconcile::model_entries {
namespace {

struct MmoeOptions {
  int64_t experts = 2;
};

class Mmoe final : public MultiTaskModel {
 public:
  using Options = MmoeOptions;

  Mmoe(const Options& options, const ModelContext& context) : MultiTaskModel(context) {
    for (int64_t e = 0; e < options.experts; ++e) {
      experts_.push_back(add_backbone(context, shared().in("experts").in(std::to_string(e))));
    }
    for (int64_t t = 0; t < num_tasks(); ++t) {
      gates_.push_back(&own(t).in("gates").add<Linear>(tasks()[t].name, input_size(context), options.experts));
    }
    add_heads(experts_.front(), context);
  }

  Representation represent(const Streams& inputs) override {
    std::vector<Flow> given;
    for (const auto& expert : experts_) given.push_back(expert(inputs));
    std::vector<Flow> mixed;
    for (int64_t t = 0; t < num_tasks(); ++t) {
      std::vector<Flow> of_task;
      for (const auto& flow : given) of_task.push_back(flow_of_task(flow, t));
      mixed.push_back(mix(gate_weights(*gates_[t], inputs.of_task(t)), of_task));
    }
    return Representation::of_tasks(mixed, inputs);
  }

 private:
  std::vector<Backbone> experts_;
  std::vector<Layer*> gates_;
};

}  // namespace

ModelEntry mmoe_entry() {
  return model_entry<Mmoe>({"mmoe", "Multi-gate mixture of experts", "Ma et al., KDD 2018"},
                           {option("experts", &MmoeOptions::experts, at_least(1), "number of shared experts")});
}

}  // namespace reconcile::model_entries
