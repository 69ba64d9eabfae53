#include "reconcile/backbones/recompute.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <unordered_set>

namespace reconcile {
namespace {

using torch::autograd::Node;
using Tensors = std::vector<at::Tensor>;

std::vector<const Streams*> streams_of(const Flow& flow) {
  std::vector<const Streams*> streams{&flow.x};
  for (const auto& pool : flow.pools) streams.insert(streams.end(), {&pool.values, &pool.places});
  if (flow.low) streams.push_back(&*flow.low);
  return streams;
}

Flow transform(const Flow& flow, const std::function<Streams(const Streams&)>& f) {
  Flow result{f(flow.x)};
  for (const auto& pool : flow.pools) result.pools.push_back({f(pool.values), f(pool.places), pool.size});
  if (flow.low) result.low = f(*flow.low);
  return result;
}

/// f(i, v) of the i-th value, in the order of `streams_of`.
Flow transform_values(const Flow& flow, const std::function<at::Tensor(size_t, const at::Tensor&)>& f) {
  size_t i = 0;
  return transform(flow, [&](const Streams& x) { return map(x, [&](const at::Tensor& v) { return f(i++, v); }); });
}

Tensors values_of(const Flow& flow) {
  Tensors values;
  for (const Streams* x : streams_of(flow)) values.insert(values.end(), x->values().begin(), x->values().end());
  return values;
}

/// The same flow, undefined for tasks with asked[t] = 0.
Flow restricted(const Flow& flow, const std::vector<int64_t>& asked) {
  return transform(flow, [&](const Streams& x) {
    Partition partition = refine(x.partition(), Partition(asked));
    Tensors values;
    for (int64_t g = 0; g < partition.num_groups(); ++g) {
      const int64_t t = partition.first_task(g);
      values.push_back(asked[t] != 0 ? x.of_task(t) : at::Tensor());
    }
    return Streams(std::move(partition), std::move(values));
  });
}

bool contains(const Tensors& tensors, const at::Tensor& wanted) {
  return std::any_of(tensors.begin(), tensors.end(), [&](const at::Tensor& tensor) { return tensor.is_same(wanted); });
}

/// The parameters that `outputs` were computed from; `inputs` do not count.
Tensors parameters_of(const Tensors& outputs, const Tensors& inputs) {
  Tensors parameters;
  std::vector<Node*> open;
  std::unordered_set<const Node*> seen;
  const auto visit = [&](Node* node) {
    if (node != nullptr && seen.insert(node).second) open.push_back(node);
  };
  for (const auto& output : outputs) visit(output.grad_fn().get());
  while (!open.empty()) {
    Node* node = open.back();
    open.pop_back();
    const auto* leaf = dynamic_cast<torch::autograd::AccumulateGrad*>(node);
    if (leaf != nullptr && !contains(inputs, leaf->variable)) parameters.push_back(leaf->variable);
    for (const auto& edge : node->next_edges()) visit(edge.function.get());
  }
  return parameters;
}

torch::autograd::Edge edge_to(const at::Tensor& x) {
  return x.requires_grad() ? torch::autograd::impl::gradient_edge(x) : torch::autograd::Edge();
}

/// An output of a piece: which of its flow's streams, and the tasks that share it.
struct Output {
  size_t stream;
  std::vector<int64_t> tasks;
};

std::vector<Output> outputs_of(const Flow& flow) {
  std::vector<Output> outputs;
  const auto streams = streams_of(flow);
  for (size_t s = 0; s < streams.size(); ++s) {
    for (auto& tasks : streams[s]->partition().groups()) outputs.push_back({s, std::move(tasks)});
  }
  return outputs;
}

/// The backward pass of a piece that was applied without keeping its graph.
class Recomputation final : public Node {
 public:
  Recomputation(const std::function<void(Flow&)>& piece, const Rerun& rerun, const Flow& inputs)
      : piece_(piece),
        rerun_(rerun),
        noise_(rerun.phase.noise),
        inputs_(transform_values(inputs, [](size_t, const at::Tensor& v) { return v.detach(); })) {
    for (const auto& value : values_of(inputs)) add_next_edge(edge_to(value));
  }

  /// To be called behind the first run, with what it used.
  void connect(const Tensors& parameters) {
    parameters_ = parameters;
    draws_noise_ = noise_.counter() != rerun_.phase.noise.counter();
    for (const auto& parameter : parameters) add_next_edge(edge_to(parameter));
  }
  /// `value` as an output of this node.
  at::Tensor give(const at::Tensor& value, Output output) {
    at::Tensor given = value.detach();
    torch::autograd::set_history(given, shared_from_this());
    outputs_.push_back(std::move(output));
    return given;
  }
  /// The inputs without history, as leaves of another graph.
  [[nodiscard]] Flow leaves() const {
    return transform_values(*inputs_, [this](size_t i, const at::Tensor& v) {
      return v.detach().set_requires_grad(next_edge(i).is_valid());
    });
  }

 private:
  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    const at::AutoGradMode with_gradients(true);
    const Flow from = leaves();
    Tensors sources = values_of(from);
    sources.insert(sources.end(), parameters_.begin(), parameters_.end());
    std::vector<size_t> places;
    Tensors wanted;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (!task_should_compute_output(i)) continue;
      places.push_back(i);
      wanted.push_back(sources[i]);
    }
    const Flow flow = run_again(from, gradients);
    Tensors outputs;
    Tensors given;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (!gradients[i].defined()) continue;
      outputs.push_back(streams_of(flow)[outputs_[i].stream]->of_task(outputs_[i].tasks.front()));
      given.push_back(gradients[i]);
    }
    torch::autograd::variable_list result(sources.size());
    if (outputs.empty() || wanted.empty()) return result;
    const auto pulled = torch::autograd::grad(outputs, wanted, given, false, false, /*allow_unused=*/true);
    for (size_t i = 0; i < places.size(); ++i) result[places[i]] = pulled[i];
    return result;
  }

  /// Noise is drawn for one stream after the other, so a piece that draws is run for all tasks.
  Flow run_again(const Flow& leaves, const torch::autograd::variable_list& gradients) const {
    std::vector<int64_t> asked(static_cast<size_t>(leaves.x.partition().num_tasks()), draws_noise_ ? 1 : 0);
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (!gradients[i].defined()) continue;
      for (const int64_t t : outputs_[i].tasks) asked[t] = 1;
    }
    Flow flow = restricted(leaves, asked);
    const Rng now = std::exchange(rerun_.phase.noise, noise_);
    const bool was_frozen = rerun_.freeze_statistics(true);
    piece_(flow);
    rerun_.freeze_statistics(was_frozen);
    rerun_.phase.noise = now;
    return flow;
  }

  void release_variables() override {
    inputs_.reset();
    parameters_.clear();
  }

  std::function<void(Flow&)> piece_;
  Rerun rerun_;
  Rng noise_;  ///< as the first run found it
  std::optional<Flow> inputs_;
  Tensors parameters_;
  std::vector<Output> outputs_;
  bool draws_noise_ = false;
};

}  // namespace

void apply_recomputed(const std::function<void(Flow&)>& piece, Flow& flow, const Rerun& rerun) {
  if (!at::GradMode::is_enabled()) return piece(flow);
  const std::shared_ptr<Recomputation> node(new Recomputation(piece, rerun, flow), torch::autograd::deleteNode);
  const Flow leaves = node->leaves();
  Flow result = leaves;
  piece(result);
  const Tensors before = values_of(flow);
  const Tensors inputs = values_of(leaves);
  Tensors made;
  for (const auto& value : values_of(result)) {
    if (value.requires_grad() && !contains(inputs, value)) made.push_back(value);
  }
  node->connect(parameters_of(made, inputs));
  const auto outputs = outputs_of(result);
  flow = transform_values(result, [&](size_t i, const at::Tensor& v) {
    if (contains(made, v)) return node->give(v, outputs[i]);
    const auto same = std::find_if(inputs.begin(), inputs.end(), [&](const at::Tensor& x) { return x.is_same(v); });
    return same == inputs.end() ? v : before[static_cast<size_t>(same - inputs.begin())];
  });
}

}  // namespace reconcile
