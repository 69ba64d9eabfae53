// Progressive layered extraction, stage by stage of the backbone: every task has a column of its own and all have a
// common one. Behind each stage task t goes on with its own and the common features, weighted by the softmax of a
// linear gate on what it read; with `shared_gate`, as in the paper, the common column goes on with a mixture of all
// columns, so that every task reaches every column and all are shared parameters. Without (LibMTL's form) the common
// blocks read each task's stream in turn, and a task's column is its own. Gates know the size of their inputs from one
// dry pass in evaluation mode (LibMTL's runs in training mode and spoils the running statistics). Paper: Tang et al.,
// RecSys 2020, doi:10.1145/3383313.3412236, section 4.2.

#include <ATen/ATen.h>

#include "reconcile/models/experts.h"

namespace reconcile::model_entries {
namespace {

struct PleOptions {
  bool shared_gate = true;
};

class Ple final : public MultiTaskModel {
 public:
  using Options = PleOptions;

  Ple(const Options& options, const ModelContext& context)
      : MultiTaskModel(context),
        shared_gate_(options.shared_gate),
        common_(add_backbone(context, shared().in("columns").in("common"))) {
    for (int64_t t = 0; t < num_tasks(); ++t) {
      columns_.push_back(add_backbone(context, scope_of(t).in("columns").in(tasks()[t].name)));
    }
    add_gates(context.input_shape);
    add_heads(common_, context);
  }

  Representation represent(const Streams& inputs) override {
    return shared_gate_ ? with_shared_gate(inputs) : without_shared_gate(inputs);
  }

 private:
  /// Where task t's column and gates are declared.
  LayerScope scope_of(int64_t t) { return shared_gate_ ? shared() : own(t); }

  void add_gates(const std::vector<int64_t>& input_shape) {
    const at::NoGradGuard no_grad;
    std::vector<int64_t> shape{1};
    shape.insert(shape.end(), input_shape.begin(), input_shape.end());
    Flow flow{Streams::shared(at::zeros(shape), num_tasks())};
    set_training(false);
    const int64_t stages = common_.num_stages();
    for (int64_t stage = 0; stage < stages; ++stage) {
      const int64_t size = flow.x.values().front().numel();
      const std::string name = std::to_string(stage);
      auto& gates = gates_.emplace_back();
      for (int64_t t = 0; t < num_tasks(); ++t) {
        gates.push_back(&scope_of(t).in("gates").in(name).add<Linear>(tasks()[t].name, size, 2));
      }
      if (shared_gate_ && stage + 1 < stages) {
        common_gates_.push_back(&shared().in("gates").in(name).add<Linear>("common", size, num_tasks() + 1));
      }
      common_.run(common_.end_of_stage(stage - 1), common_.end_of_stage(stage), flow);
    }
    set_training(true);
  }

  static void run_stage(const Backbone& backbone, int64_t stage, Flow& flow) {
    backbone.run(backbone.end_of_stage(stage - 1), backbone.end_of_stage(stage), flow);
  }

  /// Softmax of the gate on the flattened values, stream by stream.
  static Streams weigh(Layer& gate, const Streams& x) {
    return map(gate(flatten(x)), [](const at::Tensor& v) { return v.softmax(1); });
  }

  Representation with_shared_gate(const Streams& inputs) {
    std::vector<Flow> flows(columns_.size(), Flow{inputs});
    Flow common{inputs};
    for (size_t stage = 0; stage < gates_.size(); ++stage) {
      std::vector<Streams> weights;
      for (size_t t = 0; t < flows.size(); ++t) weights.push_back(weigh(*gates_[stage][t], flows[t].x));
      const bool goes_on = stage < common_gates_.size();
      if (goes_on) weights.push_back(weigh(*common_gates_[stage], common.x));
      run_stage(common_, static_cast<int64_t>(stage), common);
      std::vector<Streams> given;
      for (size_t t = 0; t < flows.size(); ++t) {
        run_stage(columns_[t], static_cast<int64_t>(stage), flows[t]);
        given.push_back(flows[t].x);
      }
      given.push_back(common.x);
      for (size_t t = 0; t < flows.size(); ++t) flows[t].x = mix(weights[t], {given[t], given.back()});
      if (goes_on) common.x = mix(weights.back(), given);
    }
    for (size_t t = 0; t < flows.size(); ++t) flows[t] = flow_of_task(flows[t], static_cast<int64_t>(t));
    return Representation::of_tasks(flows, inputs);
  }

  Representation without_shared_gate(const Streams& inputs) {
    std::vector<Flow> flows;
    for (int64_t t = 0; t < num_tasks(); ++t) flows.push_back({Streams::shared(inputs.of_task(t), 1)});
    Flow common{inputs};
    for (size_t stage = 0; stage < gates_.size(); ++stage) {
      std::vector<at::Tensor> read;
      for (const auto& flow : flows) read.push_back(flow.x.values().front());
      if (stage > 0) common.x = Streams(Partition::separate(num_tasks()), read);
      run_stage(common_, static_cast<int64_t>(stage), common);
      for (size_t t = 0; t < flows.size(); ++t) {
        const Streams weights = Streams::shared(gate_weights(*gates_[stage][t], read[t]), 1);
        run_stage(columns_[t], static_cast<int64_t>(stage), flows[t]);
        flows[t].x = mix(weights, {flows[t].x, Streams::shared(common.x.of_task(static_cast<int64_t>(t)), 1)});
      }
    }
    return Representation::of_tasks(flows, inputs);
  }

  bool shared_gate_;
  Backbone common_;
  std::vector<Backbone> columns_;
  std::vector<std::vector<Layer*>> gates_;  ///< [stages][T]: own and common features
  std::vector<Layer*> common_gates_;        ///< [stages - 1]: every task's and the common features
};

}  // namespace

ModelEntry ple_entry() {
  return model_entry<Ple>({"ple", "Progressive layered extraction", "Tang et al., RecSys 2020"},
                          {option("shared_gate", &PleOptions::shared_gate, any(),
                                  "the common column goes on with a mixture of all columns, as in the paper")});
}

}  // namespace reconcile::model_entries
