#include "reconcile/train/absent_tasks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "reconcile/core/target.h"

namespace reconcile {
namespace {

std::vector<int64_t> others(int64_t num_tasks, const std::vector<int64_t>& absent) {
  std::vector<int64_t> present;
  for (int64_t t = 0; t < num_tasks; ++t) {
    if (std::find(absent.begin(), absent.end(), t) == absent.end()) present.push_back(t);
  }
  return present;
}

/// The entries of the tasks that are present: each axis of a memory that is as long as there are tasks has one a task.
at::Tensor only(at::Tensor memory, int64_t num_tasks, const at::Tensor& present) {
  for (int64_t axis = 0; axis < memory.dim(); ++axis) {
    if (memory.size(axis) == num_tasks) memory = memory.index_select(axis, present.to(memory.device()));
  }
  return memory;
}

NamedTensors only(const NamedTensors& memory, int64_t num_tasks, const at::Tensor& present) {
  NamedTensors part;
  for (const auto& [name, tensor] : memory) part.emplace_back(name, only(tensor, num_tasks, present));
  return part;
}

/// `before`, with the entries of the tasks that are present from `after`; all of `after` where no axis is of tasks.
at::Tensor merged(const at::Tensor& before, const at::Tensor& after, int64_t num_tasks, const at::Tensor& present) {
  const auto is_of_tasks = [&](int64_t axis) { return before.size(axis) == num_tasks; };
  int64_t left = 0;
  for (int64_t axis = 0; axis < before.dim(); ++axis) left += is_of_tasks(axis);
  if (left == 0) return after;
  c10::List<c10::optional<at::Tensor>> places;
  for (int64_t axis = 0; axis < before.dim(); ++axis) {
    if (!is_of_tasks(axis)) {
      places.push_back(c10::nullopt);  // all of it
      continue;
    }
    // Of two axes, the first counts rows, the second columns.
    std::vector<int64_t> shape(static_cast<size_t>(left--), 1);
    shape.front() = -1;
    places.push_back(present.to(before.device()).view(shape));
  }
  return before.clone().index_put_(places, after);
}

}  // namespace

std::vector<int64_t> absent_tasks(const TaskSet& tasks, const Batch& batch, const std::vector<double>& losses) {
  std::vector<int64_t> absent;
  for (size_t t = 0; t < tasks.size(); ++t) {
    if (losses[t] == 0 && !has_known(tasks[t], batch.targets[t])) absent.push_back(static_cast<int64_t>(t));
  }
  return absent;
}

Aggregation aggregate_present(Aggregator& aggregator, const TaskGradients& rows, const std::vector<int64_t>& absent,
                              Rng& rng, at::Tensor& gradient) {
  const int64_t T = rows.num_tasks();
  const std::vector<int64_t> present = others(T, absent);
  if (present.empty() || !aggregator.takes_fewer_tasks()) return aggregator(rows, rng, gradient);
  const at::Tensor index = at::tensor(present, at::kLong);
  TaskGradients part(rows.layout(), rows.rows().index_select(0, index.to(rows.rows().device())));
  for (const int64_t t : present) part.losses.push_back(rows.losses.at(static_cast<size_t>(t)));
  for (const auto& batch : rows.independent) {
    part.independent.push_back(batch.index_select(0, index.to(batch.device())));
  }
  const NamedTensors before = aggregator.state();
  aggregator.load_state(only(before, T, index));
  Aggregation result = aggregator(part, rng, gradient);
  NamedTensors after;
  if (!before.empty()) after = aggregator.state();
  for (size_t i = 0; i < after.size(); ++i) after[i].second = merged(before[i].second, after[i].second, T, index);
  aggregator.load_state(after);
  const auto count = static_cast<double>(present.size());
  const double of_all = aggregator.reduction() == Reduction::kMean ? count / static_cast<double>(T) : 1.0;
  if (of_all != 1.0) gradient.mul_(of_all);
  if (!result.weights) return result;
  const double sum = std::accumulate(result.weights->begin(), result.weights->end(), 0.0);
  std::vector<double> weights(static_cast<size_t>(T), of_all * sum / count);
  for (size_t i = 0; i < present.size(); ++i) weights[static_cast<size_t>(present[i])] = of_all * (*result.weights)[i];
  result.weights = std::move(weights);
  return result;
}

}  // namespace reconcile
