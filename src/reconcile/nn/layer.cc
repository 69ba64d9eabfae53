#include "reconcile/nn/layer.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/kernels/layout.h"

namespace reconcile {
namespace {

/// Numbers in a stream beyond which joining it with others costs more memory than it saves time.
constexpr int64_t kLargestJoined = 1 << 21;

Layer::Copy clone(const Layer::Copy& copy) {
  Layer::Copy result;
  for (const auto& tensor : copy) {
    result.push_back(tensor.detach().clone().set_requires_grad(tensor.requires_grad()));
  }
  return result;
}

/// `layer` where all tasks share, else `layer[T1+T3]`.
std::string name_of_group(const std::string& layer, const Partition& partition, int64_t group,
                          const std::vector<std::string>& task_names) {
  if (partition.is_shared()) return layer;
  std::vector<std::string> names;
  for (const int64_t t : partition.tasks_of(group)) names.push_back(task_names[t]);
  return fmt::format("{}[{}]", layer, fmt::join(names, "+"));
}

/// The samples of several batches as one batch, position-major if all of them are.
at::Tensor join_samples(std::vector<at::Tensor> batches) {
  if (!std::all_of(batches.begin(), batches.end(), is_position_major)) return at::cat(batches);
  for (auto& batch : batches) batch = positions(batch);
  return from_positions(at::cat(batches, 2));
}

}  // namespace

Layer::Layer(std::string name, int64_t num_tasks)
    : name_(std::move(name)), copies_(Partition::shared(num_tasks)), statistics_of_(copies_) {}

void Layer::initialise(Rng rng) {
  parameters_ = {make_copy(rng)};
  for (auto& parameter : parameters_.front()) parameter.set_requires_grad(true);
  statistics_ = {make_statistics()};
}

void Layer::move_to(const at::Device& device) {
  for (auto* of_layer : {&parameters_, &statistics_}) {
    for (auto& tensors : *of_layer) {
      for (auto& tensor : tensors) tensor = tensor.detach().to(device).set_requires_grad(tensor.requires_grad());
    }
  }
}

int64_t Layer::num_parameters() const {
  int64_t count = 0;
  for (const auto& parameter : parameters_.front()) count += parameter.numel();
  return count;
}

at::Tensor Layer::evaluate(int64_t task, const at::Tensor& x, const Evaluation& evaluation) {
  const auto y = [&] { return evaluation(parameters_[copies_[task]], statistics_[statistics_of_[task]], task, x); };
  if (trace_ == nullptr) return y();
  const auto key = std::pair(static_cast<const Layer*>(this), x.sizes().vec());
  if (const auto seen = trace_->sizes.find(key); seen != trace_->sizes.end()) {
    return at::zeros({}, x.options()).expand(seen->second);
  }
  at::Tensor first = y();
  if (macs(first) > 0) trace_->sizes.emplace(key, first.sizes().vec());  // a choice may depend on learned numbers
  return first;
}

bool Layer::can_join(const std::vector<at::Tensor>& streams) const {
  if (streams.size() < 2 || !joined_streams_ || trace_ != nullptr || !gains_from_batches()) return false;
  const at::Tensor& x = streams.front();
  return std::all_of(streams.begin(), streams.end(), [&](const at::Tensor& other) {
    return other.numel() <= kLargestJoined && other.sizes().slice(1) == x.sizes().slice(1);
  });
}

Streams Layer::operator()(const Streams& x) {
  return for_each_stream(x, [this](const Copy& copy, const Copy& statistics, int64_t /*task*/, const at::Tensor& v) {
    return apply(copy, statistics, v);
  });
}

at::Tensor Layer::operator()(const at::Tensor& x) {
  return for_one(x, [this](const Copy& copy, const Copy& statistics, int64_t /*task*/, const at::Tensor& v) {
    return apply(copy, statistics, v);
  });
}

Streams Layer::for_each_stream(const Streams& x, const Evaluation& evaluation) {
  Partition partition = refine(copies_, x.partition());
  std::vector<at::Tensor> values(static_cast<size_t>(partition.num_groups()));
  for (int64_t c = 0; c < copies_.num_groups(); ++c) {
    std::vector<int64_t> groups;  // that use copy c
    std::vector<at::Tensor> inputs;
    for (int64_t g = 0; g < partition.num_groups(); ++g) {
      const int64_t t = partition.first_task(g);
      if (copies_[t] != c || !x.of_task(t).defined()) continue;
      groups.push_back(g);
      inputs.push_back(x.of_task(t));
    }
    if (can_join(inputs)) {
      std::vector<int64_t> sizes;
      for (const auto& input : inputs) sizes.push_back(input.size(0));
      const at::Tensor joined = evaluate(copies_.first_task(c), join_samples(inputs), evaluation);
      const auto outputs = at::split_with_sizes(joined, sizes);
      for (size_t i = 0; i < groups.size(); ++i) values[groups[i]] = outputs[i];
      continue;
    }
    for (size_t i = 0; i < groups.size(); ++i) {
      values[groups[i]] = evaluate(partition.first_task(groups[i]), inputs[i], evaluation);
    }
  }
  if (trace_ != nullptr) {
    const int64_t evaluations = partition.num_groups();
    const at::Tensor& y = values.front();
    trace_->calls.push_back({this, partition, evaluations * macs(y), evaluations * y.numel() / y.size(0)});
  }
  return {std::move(partition), std::move(values)};
}

at::Tensor Layer::for_one(const at::Tensor& x, const Evaluation& evaluation) {
  at::Tensor y = evaluate(0, x, evaluation);
  if (trace_ != nullptr) trace_->calls.push_back({this, Partition::shared(1), macs(y), y.numel() / y.size(0)});
  return y;
}

void Layer::split(const Partition& groups, CopyInit init, Rng rng) {
  if (!copies_.is_shared()) fail<StateError>("layer \"{}\" is split already.", name_);
  refine(copies_, groups);  // the numbers of tasks must agree
  std::vector<Copy> parameters;
  std::vector<Copy> statistics;
  for (int64_t g = 0; g < groups.num_groups(); ++g) {
    parameters.push_back(init == CopyInit::kEqual ? clone(parameters_.front()) : make_copy(rng.fork(g)));
    for (auto& parameter : parameters.back()) parameter.set_requires_grad(true);
    statistics.push_back(clone(statistics_.front()));
  }
  copies_ = statistics_of_ = groups;
  parameters_ = std::move(parameters);
  statistics_ = std::move(statistics);
}

void Layer::share() {
  copies_ = statistics_of_ = Partition::shared(copies_.num_tasks());
  parameters_.resize(1);
  statistics_.resize(1);
}

void Layer::use_stream_statistics(const Partition& streams) {
  if (refine(copies_, streams) != streams) {
    fail<InvalidArgument>("layer \"{}\": statistics of one stream would serve several copies.", name_);
  }
  std::vector<Copy> statistics;
  for (int64_t g = 0; g < streams.num_groups(); ++g) {
    statistics.push_back(clone(statistics_[statistics_of_[streams.first_task(g)]]));
  }
  statistics_of_ = streams;
  statistics_ = std::move(statistics);
}

template <class Owner>
void Layer::append_named(Owner owner, NamedTensors& state) const {
  const auto append = [&](const Partition& partition, const std::vector<Copy>& copies,
                          const std::vector<std::string>& names) {
    for (int64_t g = 0; g < partition.num_groups(); ++g) {
      const std::string prefix = owner(partition, g);
      for (size_t i = 0; i < names.size(); ++i) state.emplace_back(prefix + "." + names[i], copies[g][i]);
    }
  };
  append(copies_, parameters_, parameter_names());
  append(statistics_of_, statistics_, statistics_names());
}

void Layer::append_state(const std::vector<std::string>& task_names, NamedTensors& state) const {
  append_named([&](const Partition& partition, int64_t g) { return name_of_group(name_, partition, g, task_names); },
               state);
}

void Layer::append_state(NamedTensors& state) const {
  append_named([&](const Partition&, int64_t) { return name_; }, state);
}

}  // namespace reconcile
