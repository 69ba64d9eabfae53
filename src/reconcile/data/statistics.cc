#include "reconcile/data/statistics.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr size_t kMaxProblems = 20;

/// The values of a target that are known, and how many are not.
std::pair<at::Tensor, int64_t> known_values(const Task& task, const at::Tensor& target) {
  at::Tensor values = task.kind == TaskKind::kNormals ? target.square().sum(1).sqrt() : target;
  at::Tensor is_known = values >= 0;
  if (task.kind == TaskKind::kRegression) is_known = values.isnan().logical_not();
  if (task.kind == TaskKind::kDepth || task.kind == TaskKind::kNormals) is_known = values > 0;
  const at::Tensor known = values.masked_select(is_known);
  return {known, values.numel() - known.numel()};
}

at::Tensor count_values(const Task& task, const at::Tensor& target, const at::Tensor& known) {
  if (task.kind == TaskKind::kMultiLabel) return target.eq(1).sum(0);
  return at::bincount(known.to(at::kLong), {}, is_class(task.kind) ? task.num_outputs : 2);
}

void add_target(TaskStatistics& statistics, const Task& task, const at::Tensor& target) {
  const auto [known, unknown] = known_values(task, target);
  statistics.samples += known.numel() > 0 ? 1 : 0;
  statistics.unknown += unknown;
  statistics.known.add(known);
  const bool counts = is_class(task.kind) || task.kind == TaskKind::kMultiLabel || task.kind == TaskKind::kSaliency ||
                      task.kind == TaskKind::kEdges;
  if (!counts) return;
  const at::Tensor counted = count_values(task, target, known).contiguous();
  statistics.counts.resize(counted.numel());
  for (size_t k = 0; k < statistics.counts.size(); ++k) statistics.counts[k] += counted.data_ptr<int64_t>()[k];
}

/// Adds the samples of `data`, whose tasks are those from `first_task` on.
void add_samples(PartStatistics& part, const Dataset& data, size_t first_task, int64_t max_samples) {
  const int64_t count = max_samples == 0 ? data.size() : std::min(data.size(), max_samples);
  part.samples = std::max(part.samples, count);
  for (int64_t i = 0; i < count; ++i) {
    try {
      const Batch batch = data.batch(std::vector<int64_t>{i});
      part.inputs.add(batch.inputs.of_task(0));
      for (size_t t = 0; t < batch.targets.size(); ++t) {
        add_target(part.tasks[first_task + t], data.tasks()[t], batch.targets[t]);
      }
    } catch (const Error& error) {
      if (++part.num_problems <= static_cast<int64_t>(kMaxProblems)) part.problems.emplace_back(error.what());
    }
  }
}

}  // namespace

void NumberSummary::add(const at::Tensor& numbers) {
  if (numbers.numel() == 0) return;
  const auto [least, most] = at::aminmax(numbers);
  low = count == 0 ? least.item<double>() : std::min(low, least.item<double>());
  high = count == 0 ? most.item<double>() : std::max(high, most.item<double>());
  count += numbers.numel();
  const at::Tensor wide = numbers.to(at::kDouble);
  sum += wide.sum().item<double>();
  squares += wide.square().sum().item<double>();
}

double NumberSummary::mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }

double NumberSummary::deviation() const {
  if (count == 0) return 0;
  return std::sqrt(std::max(squares / static_cast<double>(count) - mean() * mean(), 0.0));
}

PartStatistics measure(const Dataset& data, int64_t max_samples) {
  PartStatistics part;
  part.tasks.resize(data.tasks().size());
  if (data.size() == 0) return part;
  bool shared = true;
  try {
    shared = data.batch(std::vector<int64_t>{0}).inputs.partition().is_shared();
  } catch (const Error&) {  // counted below
  }
  if (shared) {
    add_samples(part, data, 0, max_samples);
  } else {
    for (int64_t t = 0; t < std::ssize(data.tasks()); ++t) add_samples(part, *data.only(t), t, max_samples);
  }
  return part;
}

}  // namespace reconcile
