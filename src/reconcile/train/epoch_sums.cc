#include "reconcile/train/epoch_sums.h"

#include "reconcile/base/json_lines.h"

namespace reconcile {

void EpochSums::clear() {
  steps_ = 0;
  skipped_ = 0;
  losses_.assign(tasks_.size(), 0.0);
  absent_.assign(tasks_.size(), 0);
  weights_.assign(tasks_.size(), {});
  gradients_.clear();
  fallbacks_.clear();
}

void EpochSums::add(const StepResult& step) {
  ++steps_;
  for (const int64_t t : step.absent) ++absent_[t];
  for (size_t t = 0; t < losses_.size(); ++t) losses_[t] += step.losses[t];
  if (step.weights) {
    for (size_t t = 0; t < weights_.size(); ++t) weights_[t].add(step.weights->at(t));
  }
  if (step.gramian.size() > 0) gradients_.add(step.gramian, step.weights);
  if (!step.fallback.empty()) ++fallbacks_[step.fallback];
}

std::vector<double> EpochSums::mean_losses() const {
  std::vector<double> means = losses_;
  for (size_t t = 0; t < means.size(); ++t) means[t] /= static_cast<double>(steps_ - absent_[t]);
  return means;
}

void EpochSums::append_to(Json& record) const {
  const auto losses = mean_losses();
  for (size_t t = 0; t < tasks_.size(); ++t) {
    Json& row = record["train"][tasks_[t].name];
    row["loss"] = number(losses[t]);
    if (absent_[t] > 0) row["absent"] = absent_[t];
    if (weights_[t].count < steps_) continue;
    row["weight"] = number(weights_[t].mean());
    row["weight_min"] = number(weights_[t].low);
    row["weight_max"] = number(weights_[t].high);
  }
  if (const Json gradients = gradients_.record(tasks_); !gradients.is_null()) record["gradients"] = gradients;
  record["skipped"] = skipped_;
  if (!fallbacks_.empty()) record["fallbacks"] = fallbacks_;
}

Json EpochSums::state() const {
  return {{"steps", steps_},        {"skipped", skipped_}, {"losses", losses_},
          {"absent", absent_},      {"weights", weights_}, {"gradients", gradients_.state()},
          {"fallbacks", fallbacks_}};
}

void EpochSums::load_state(const Json& state) {
  state.at("steps").get_to(steps_);
  state.at("skipped").get_to(skipped_);
  state.at("losses").get_to(losses_);
  state.at("absent").get_to(absent_);
  state.at("weights").get_to(weights_);
  gradients_.load_state(state.at("gradients"));
  state.at("fallbacks").get_to(fallbacks_);
}

}  // namespace reconcile
