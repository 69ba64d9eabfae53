// Customized gate control: `shared` backbones for all tasks and `own` for each task alone; task t reads the sum of the
// shared and its own ones, weighted by the softmax of a linear gate on the flattened input, one mixture a sample.
// Paper: Tang et al., RecSys 2020, doi:10.1145/3383313.3412236, section 4.1.

#include "reconcile/models/experts.h"

namespace reconcile::model_entries {
namespace {

struct CgcOptions {
  int64_t shared = 1;
  int64_t own = 1;
};

class Cgc final : public MultiTaskModel {
 public:
  using Options = CgcOptions;

  Cgc(const Options& options, const ModelContext& context) : MultiTaskModel(context) {
    const auto add = [&](const LayerScope& scope, int64_t e) {
      return add_backbone(context, scope.in(std::to_string(e)));
    };
    for (int64_t e = 0; e < options.shared; ++e) shared_experts_.push_back(add(shared().in("experts"), e));
    own_experts_.resize(tasks().size());
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const LayerScope scope = own(t).in("experts").in(tasks()[t].name);
      for (int64_t e = 0; e < options.own; ++e) own_experts_[t].push_back(add(scope, e));
      gates_.push_back(
          &own(t).in("gates").add<Linear>(tasks()[t].name, input_size(context), options.shared + options.own));
    }
    add_heads(shared_experts_.front(), context);
  }

  Representation represent(const Streams& inputs) override {
    std::vector<Flow> given;
    for (const auto& expert : shared_experts_) given.push_back(expert(inputs));
    std::vector<Flow> mixed;
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const at::Tensor& input = inputs.of_task(t);
      std::vector<Flow> of_task;
      for (const auto& flow : given) of_task.push_back(flow_of_task(flow, t));
      for (const auto& expert : own_experts_[t]) of_task.push_back(expert(Streams::shared(input, 1)));
      mixed.push_back(mix(Streams::shared(gate_weights(*gates_[t], input), 1), of_task));
    }
    return Representation::of_tasks(mixed, inputs);
  }

 private:
  std::vector<Backbone> shared_experts_;
  std::vector<std::vector<Backbone>> own_experts_;  ///< [T]
  std::vector<Layer*> gates_;
};

}  // namespace

ModelEntry cgc_entry() {
  using O = CgcOptions;
  return model_entry<Cgc>({"cgc", "Customized gate control", "Tang et al., RecSys 2020"},
                          {option("shared", &O::shared, at_least(1), "experts of all tasks"),
                           option("own", &O::own, at_least(1), "experts of each task alone")});
}

}  // namespace reconcile::model_entries
