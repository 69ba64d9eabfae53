#include "reconcile/models/branching.h"

#include <ATen/ATen.h>

#include <map>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr int64_t kMostTasks = 6;

/// All partitions of T tasks, found by going through all T^T choices of a column for each task.
struct Partitions {
  std::vector<Partition> all;
  std::vector<int64_t> of_choice;  ///< [T^T] numbers into `all`; task 0's choice varies slowest
};

Partitions enumerate(int64_t num_tasks) {
  Partitions result;
  std::vector<int64_t> choice(static_cast<size_t>(num_tasks), 0);
  for (bool more = true; more;) {
    const Partition partition(choice);
    const auto place = std::find(result.all.begin(), result.all.end(), partition);
    result.of_choice.push_back(place - result.all.begin());
    if (place == result.all.end()) result.all.push_back(partition);
    int64_t t = num_tasks - 1;
    while (t >= 0 && ++choice[t] == num_tasks) choice[t--] = 0;
    more = t >= 0;
  }
  return result;
}

/// P(a sample of the logits gives partition k), [K].
at::Tensor sample_probabilities(const std::vector<Layer*>& logits, const Partitions& partitions) {
  const at::TensorOptions like = logits.front()->copy(0)[0].options().requires_grad(false);
  at::Tensor joint = at::ones({1}, like);
  for (const Layer* layer : logits) {
    joint = (joint.unsqueeze(1) * layer->copy(0)[0].softmax(0).unsqueeze(0)).flatten();
  }
  const at::Tensor index = at::tensor(partitions.of_choice, like.dtype(at::kLong));
  return at::zeros({static_cast<int64_t>(partitions.all.size())}, like).index_add(0, index, joint);
}

}  // namespace

BranchingModel::BranchingModel(const ModelContext& context) : MultiTaskModel(context) {
  for (const auto& task : tasks()) {
    columns_.push_back(add_backbone(context, shared().in("columns").in(task.name)));
  }
  find_units(context.input_shape);
  const std::function<at::Tensor(Rng)> zeros = [T = num_tasks()](Rng /*rng*/) { return at::zeros({T}); };
  for (size_t u = 0; u < units_.size(); ++u) {
    if (units_[u].layers.empty()) continue;
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const LayerScope scope = own(t).in("branch").in(tasks()[t].name);
      units_[u].logits.push_back(&scope.add<Values>(columns_.front().units[u].name, std::string("logits"), zeros));
    }
  }
  add_heads(columns_.front(), context);
}

void BranchingModel::find_units(const std::vector<int64_t>& input_shape) {
  const at::NoGradGuard no_grad;
  std::vector<int64_t> shape{1};
  shape.insert(shape.end(), input_shape.begin(), input_shape.end());
  const size_t prefix = fmt::format("columns.{}.", tasks().front().name).size();
  LayerTrace trace;
  set_training(false);
  for (const auto& layer : layers()) layer->set_trace(&trace);
  Flow flow{Streams::shared(at::zeros(shape), num_tasks())};
  for (size_t u = 0; u < columns_.front().units.size(); ++u) {
    trace.calls.clear();
    columns_.front().run(u, u + 1, flow);
    SearchedUnit& found = units_.emplace_back();
    for (const auto& call : trace.calls) {
      found.layers.push_back(call.layer->name().substr(prefix));
      found.macs += call.macs;
    }
  }
  for (const auto& layer : layers()) layer->set_trace(nullptr);
  set_training(true);
}

at::Tensor BranchingModel::choice(int64_t t, const at::Tensor& logits) {
  if (!phase().training) return at::one_hot(logits.argmax(), logits.numel()).to(logits.scalar_type());
  if (!temperature_)
    return at::one_hot(at::scalar_tensor(t, logits.options().dtype(at::kLong)), logits.numel())
        .to(logits.scalar_type());
  const at::Tensor gumbel = -((1.0 - phase().uniform_like(logits)).log().neg() + 1e-10).log();
  return ((logits + gumbel) / *temperature_).softmax(0);
}

Flow BranchingModel::walk(int64_t t, const at::Tensor& x) {
  Flow flow{Streams::shared(x, num_tasks())};
  for (size_t u = 0; u < units_.size(); ++u) {
    if (units_[u].logits.empty()) {
      columns_.front().run(u, u + 1, flow);
      continue;
    }
    const at::Tensor weights = choice(t, (*units_[u].logits[t])(x));
    const bool one = !temperature_ || !phase().training;
    if (one) {
      columns_[static_cast<size_t>(weights.argmax().item<int64_t>())].run(u, u + 1, flow);
      continue;
    }
    std::vector<Flow> given(columns_.size(), flow);
    for (size_t j = 0; j < columns_.size(); ++j) columns_[j].run(u, u + 1, given[j]);
    Flow mixed = mix(Streams::shared(weights, num_tasks()), given);
    mixed.pools = flow.pools;
    flow = std::move(mixed);
  }
  return flow_of_task(flow, t);
}

Representation BranchingModel::represent(const Streams& inputs) {
  std::vector<Flow> flows;
  for (int64_t t = 0; t < num_tasks(); ++t) flows.push_back(walk(t, inputs.of_task(t)));
  return Representation::of_tasks(flows, inputs);
}

at::Tensor BranchingModel::predict_task(int64_t t, const at::Tensor& x) {
  const Flow flow = walk(t, x);
  Representation representation = Representation::of(flow, Streams::shared(x, 1));
  for (auto& feature : representation.features) feature = Streams::shared(feature.of_task(0), num_tasks());
  return predict_one(t, representation);
}

std::vector<at::Tensor> BranchingModel::logits() const {
  std::vector<at::Tensor> result;
  for (const auto& unit : units_) {
    for (const Layer* layer : unit.logits) result.push_back(layer->copy(0)[0]);
  }
  return result;
}

at::Tensor BranchingModel::expected_gflops() const {
  if (num_tasks() > kMostTasks) {
    fail<InvalidArgument>("the expected cost of a tree is defined for up to {} tasks, there are {}. Set resource = 0.",
                          kMostTasks, num_tasks());
  }
  const Partitions partitions = enumerate(num_tasks());
  const auto K = static_cast<int64_t>(partitions.all.size());
  at::Tensor groups = at::zeros({K});
  at::Tensor coarser = at::zeros({K, K});  // [k][k'] = 1 where k refines k'
  at::Tensor is_separate = at::zeros({K});
  for (int64_t k = 0; k < K; ++k) {
    groups[k] = partitions.all[k].num_groups();
    if (partitions.all[k].num_groups() == num_tasks()) is_separate[k] = 1.0;
    for (int64_t other = 0; other < K; ++other) {
      if (refine(partitions.all[k], partitions.all[other]) == partitions.all[k]) coarser[k][other] = 1.0;
    }
  }
  for (auto* table : {&groups, &coarser, &is_separate}) *table = table->to(device());
  at::Tensor before;
  at::Tensor cost = at::zeros({}, device());
  for (const auto& unit : units_) {
    if (unit.logits.empty()) continue;
    at::Tensor now = sample_probabilities(unit.logits, partitions);
    if (before.defined()) {
      now = now * at::matmul(coarser, before);
      now = now + is_separate * (1.0 - now.sum());
    }
    cost = cost + (now * groups).sum() * (2e-9 * static_cast<double>(unit.macs));
    before = now;
  }
  return cost;
}

std::vector<std::pair<std::string, Partition>> BranchingModel::tree() const {
  std::vector<std::pair<std::string, Partition>> result;
  Partition groups = Partition::shared(num_tasks());
  for (const auto& unit : units_) {
    if (unit.logits.empty()) continue;
    std::vector<int64_t> chosen;
    for (const Layer* layer : unit.logits) chosen.push_back(layer->copy(0)[0].argmax().item<int64_t>());
    groups = refine(groups, Partition(chosen));
    if (groups.is_shared()) continue;
    for (const auto& layer : unit.layers) result.emplace_back(layer, groups);
  }
  return result;
}

}  // namespace reconcile
