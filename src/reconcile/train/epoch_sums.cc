#include "reconcile/train/epoch_sums.h"

#include "reconcile/base/json_lines.h"

namespace reconcile {

void EpochSums::clear() {
  steps_ = 0;
  weighted_steps_ = 0;
  losses_.assign(tasks_.size(), 0.0);
  weights_.assign(tasks_.size(), 0.0);
  fallbacks_.clear();
}

void EpochSums::add(const StepResult& step) {
  ++steps_;
  for (size_t t = 0; t < losses_.size(); ++t) losses_[t] += step.losses[t];
  if (step.weights) {
    ++weighted_steps_;
    for (size_t t = 0; t < weights_.size(); ++t) weights_[t] += step.weights->at(t);
  }
  if (!step.fallback.empty()) ++fallbacks_[step.fallback];
}

std::vector<double> EpochSums::mean_losses() const {
  std::vector<double> means = losses_;
  for (double& mean : means) mean /= static_cast<double>(steps_);
  return means;
}

void EpochSums::append_to(Json& record) const {
  const auto losses = mean_losses();
  for (size_t t = 0; t < tasks_.size(); ++t) {
    Json& row = record["train"][tasks_[t].name];
    row["loss"] = number(losses[t]);
    if (weighted_steps_ == steps_) row["weight"] = number(weights_[t] / static_cast<double>(steps_));
  }
  if (!fallbacks_.empty()) record["fallbacks"] = fallbacks_;
}

Json EpochSums::state() const {
  return {{"steps", steps_},
          {"weighted_steps", weighted_steps_},
          {"losses", losses_},
          {"weights", weights_},
          {"fallbacks", fallbacks_}};
}

void EpochSums::load_state(const Json& state) {
  state.at("steps").get_to(steps_);
  state.at("weighted_steps").get_to(weighted_steps_);
  state.at("losses").get_to(losses_);
  state.at("weights").get_to(weights_);
  state.at("fallbacks").get_to(fallbacks_);
}

}  // namespace reconcile
