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
  counts_.resize((num_layers() + num_pairs()) * row_width());
  cosine_sums_.resize((num_layers() + 1) * num_pairs());
}

void ConflictRecorder::count(int64_t block, const double* gramian) {
  const auto T = static_cast<int64_t>(task_names_.size());
  const bool is_whole = block == num_layers();
  std::vector<double> norms;
  for (int64_t t = 0; t < T; ++t) norms.push_back(std::max(std::sqrt(gramian[t * T + t]), 1e-12));
  for (int64_t pair = 0; pair < num_pairs(); ++pair) {
    const auto [i, j] = pairs_[pair];
    const double cosine = gramian[i * T + j] / (norms[i] * norms[j]);
    if (!std::isfinite(cosine)) continue;
    cosine_sums_[block * num_pairs() + pair] += cosine;
    int64_t* counter = counts_.data() + row_of(block, pair) * row_width();
    ++counter[std::clamp<int64_t>(static_cast<int64_t>(std::floor((cosine + 1.0) * kBins / 2)), 0, kBins - 1)];
    for (size_t s = 0; s < thresholds_.size(); ++s) counter[kBins + s] += cosine < thresholds_[s];
    if (is_whole) conflicts_ += cosine < 0.0;
  }
}

void ConflictRecorder::observe(const TaskGradients& gradients) {
  const at::Tensor& layers = gradients.layer_gramians();
  const at::Tensor whole = gradients.gramian();
  const int64_t stride = whole.numel();
  for (int64_t l = 0; l < num_layers(); ++l) count(l, layers.data_ptr<double>() + l * stride);
  count(num_layers(), whole.data_ptr<double>());
  ++iterations_;
}

double ConflictRecorder::conflict_share() const {
  const auto seen = static_cast<double>(iterations_ * num_pairs());
  return seen == 0 ? 0.0 : static_cast<double>(conflicts_) / seen;
}

Json ConflictRecorder::block_record(int64_t block) const {
  Json histogram = Json::array();
  Json below = Json::array();
  Json cosine = Json::array();
  const int64_t num_rows = block < num_layers() ? 1 : num_pairs();
  for (int64_t row = 0; row < num_rows; ++row) {
    const auto first = counts_.begin() + row_of(block, row) * row_width();
    histogram.push_back(std::vector<int64_t>(first, first + kBins));
    below.push_back(std::vector<int64_t>(first + kBins, first + row_width()));
  }
  const double steps = static_cast<double>(std::max<int64_t>(iterations_, 1));
  for (int64_t pair = 0; pair < num_pairs(); ++pair) {
    cosine.push_back(std::round(cosine_sums_[block * num_pairs() + pair] / steps * 1e6) / 1e6);
  }
  return {{"histogram", std::move(histogram)}, {"below", std::move(below)}, {"cosine", std::move(cosine)}};
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
          {"whole", block_record(num_layers())},
          {"layers", std::move(layers)}};
}

void ConflictRecorder::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  std::fill(cosine_sums_.begin(), cosine_sums_.end(), 0.0);
  iterations_ = conflicts_ = 0;
}

Json ConflictRecorder::state() const {
  return {{"iterations", iterations_}, {"conflicts", conflicts_}, {"counts", counts_}, {"cosine_sums", cosine_sums_}};
}

void ConflictRecorder::load_state(const Json& state) {
  const auto counts = state.at("counts").get<std::vector<int64_t>>();
  const auto sums = state.value("cosine_sums", std::vector<double>{});
  if (counts.size() != counts_.size() || sums.size() != cosine_sums_.size()) {
    fail<StateError>(
        "conflict recorder: the checkpoint has {} counters and {} sums, this run needs {} and {}. "
        "Resume with the same model and thresholds.",
        counts.size(), sums.size(), counts_.size(), cosine_sums_.size());
  }
  counts_ = counts;
  cosine_sums_ = sums;
  iterations_ = state.at("iterations").get<int64_t>();
  conflicts_ = state.at("conflicts").get<int64_t>();
}

}  // namespace reconcile
