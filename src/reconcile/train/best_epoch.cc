#include "reconcile/train/best_epoch.h"

#include <cmath>

#include "reconcile/base/file.h"

namespace reconcile {

void BestEpoch::consider(int64_t epoch, double score, const Json& validation, const MultiTaskModel& model) {
  const bool is_better = state_.is_null() || score > state_.at("score").get<double>();
  if (!std::isfinite(score) || !is_better) return;
  state_ = {{"epoch", epoch}, {"score", score}, {"validation", validation}};
  write_atomically(path_, encode_safetensors(model.state()));
}

Json BestEpoch::record(const TaskSet& tasks, const TaskMetrics& test) const {
  return {{"epoch", state_.at("epoch")}, {"validation", state_.at("validation")}, {"test", to_json(tasks, test)}};
}

Json BestEpoch::measure(MultiTaskModel& model, const Dataset& test, const TrainOptions& options) const {
  if (state_.is_null()) return nullptr;
  NamedTensors own;
  for (const auto& [name, tensor] : model.state()) own.emplace_back(name, tensor.detach().clone());
  model.load_state(decode_safetensors(read_file(path_), path_), path_.string());
  const TaskMetrics metrics = evaluate(model, test, options);
  model.load_state(own, path_.string());
  return record(model.tasks(), metrics);
}

}  // namespace reconcile
