#include "reconcile/conflict/recorder.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/base/error.h"

namespace reconcile {

ConflictRecorder::ConflictRecorder(const ParamLayout& layout, std::vector<std::string> task_names,
                                   std::vector<double> thresholds)
    : task_names_(std::move(task_names)), thresholds_(std::move(thresholds)) {
  for (const double S : thresholds_) {
    if (!(S > -1.0 && S <= 0.0)) {
      fail<InvalidArgument>("conflict threshold S = {}, must lie in (-1, 0]. Recon uses -0.1 ... 0.", S);
    }
  }
  for (const auto& layer : layout.layers()) layer_names_.push_back(layer.name);
  for (size_t i = 0; i < task_names_.size(); ++i) {
    for (size_t j = i + 1; j < task_names_.size(); ++j) pairs_.emplace_back(i, j);
  }
  counts_.resize((layer_names_.size() + 1) * pairs_.size() * (kBins + thresholds_.size()));
}

int64_t* ConflictRecorder::counters(int64_t block, int64_t pair) {
  return counts_.data() + (block * num_pairs() + pair) * (kBins + static_cast<int64_t>(thresholds_.size()));
}

void ConflictRecorder::count(int64_t block, const double* gramian) {
  const auto T = static_cast<int64_t>(task_names_.size());
  const bool is_whole = block == static_cast<int64_t>(layer_names_.size());
  for (int64_t pair = 0; pair < num_pairs(); ++pair) {
    const auto [i, j] = pairs_[pair];
    const double norms =
        std::max(std::sqrt(gramian[i * T + i]), 1e-12) * std::max(std::sqrt(gramian[j * T + j]), 1e-12);
    const double cosine = gramian[i * T + j] / norms;
    if (!std::isfinite(cosine)) continue;
    int64_t* counter = counters(block, pair);
    ++counter[std::clamp<int64_t>(static_cast<int64_t>(std::floor((cosine + 1.0) * kBins / 2)), 0, kBins - 1)];
    for (size_t s = 0; s < thresholds_.size(); ++s) counter[kBins + s] += cosine < thresholds_[s];
    if (is_whole) conflicts_ += cosine < 0.0;
  }
}

void ConflictRecorder::observe(const TaskGradients& gradients) {
  const at::Tensor& layers = gradients.layer_gramians();
  const at::Tensor whole = gradients.gramian();
  const auto L = static_cast<int64_t>(layer_names_.size());
  const int64_t stride = whole.numel();
  for (int64_t l = 0; l < L; ++l) count(l, layers.data_ptr<double>() + l * stride);
  count(L, whole.data_ptr<double>());
  ++iterations_;
}

double ConflictRecorder::conflict_share() const {
  const auto seen = static_cast<double>(iterations_ * num_pairs());
  return seen == 0 ? 0.0 : static_cast<double>(conflicts_) / seen;
}

Json ConflictRecorder::block_record(int64_t block) const {
  const auto width = kBins + static_cast<int64_t>(thresholds_.size());
  Json histogram = Json::array();
  Json below = Json::array();
  for (int64_t pair = 0; pair < num_pairs(); ++pair) {
    const auto first = counts_.begin() + (block * num_pairs() + pair) * width;
    histogram.push_back(std::vector<int64_t>(first, first + kBins));
    below.push_back(std::vector<int64_t>(first + kBins, first + width));
  }
  return {{"histogram", std::move(histogram)}, {"below", std::move(below)}};
}

Json ConflictRecorder::record() const {
  Json pairs = Json::array();
  for (const auto& [i, j] : pairs_) pairs.push_back({task_names_[i], task_names_[j]});
  Json layers = Json::array();
  for (size_t l = 0; l < layer_names_.size(); ++l) {
    Json row{{"name", layer_names_[l]}};
    row.update(block_record(static_cast<int64_t>(l)));
    layers.push_back(std::move(row));
  }
  return {{"iterations", iterations_},
          {"pairs", std::move(pairs)},
          {"whole", block_record(static_cast<int64_t>(layer_names_.size()))},
          {"layers", std::move(layers)}};
}

void ConflictRecorder::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  iterations_ = conflicts_ = 0;
}

Json ConflictRecorder::state() const {
  return {{"iterations", iterations_}, {"conflicts", conflicts_}, {"counts", counts_}};
}

void ConflictRecorder::load_state(const Json& state) {
  const auto counts = state.at("counts").get<std::vector<int64_t>>();
  if (counts.size() != counts_.size()) {
    fail<StateError>(
        "conflict recorder: the checkpoint has {} counters, this run needs {}. "
        "Resume with the same model and thresholds.",
        counts.size(), counts_.size());
  }
  counts_ = counts;
  iterations_ = state.at("iterations").get<int64_t>();
  conflicts_ = state.at("conflicts").get<int64_t>();
}

}  // namespace reconcile
