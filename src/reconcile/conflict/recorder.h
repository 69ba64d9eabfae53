#pragma once

#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/core/task_gradients.h"

namespace reconcile {

/// Counts the cosines between the task gradients of every layer and every pair of tasks, each step: exact counts below
/// every threshold of a grid, and a histogram of 40 bins over [-1, 1]. A layer counts its pairs together, the whole
/// shared vector counts each pair by itself: with 40 tasks there are 780. Mean cosines are kept for every pair
/// everywhere. A gradient's norm counts as at least 1e-12, so a zero gradient gives cosine 0 (as in Recon's code); a
/// cosine that is not finite is not counted and enters the mean as 0. Paper: Shi et al., ICLR 2023, arXiv:2302.11289,
/// definitions 2 and 3.
class ConflictRecorder {
 public:
  static constexpr int64_t kBins = 40;

  /// InvalidArgument unless every threshold lies in (-1, 0].
  ConflictRecorder(const ParamLayout& layout, std::vector<std::string> task_names, std::vector<double> thresholds);

  /// Counts one step.
  void observe(const TaskGradients& gradients);

  [[nodiscard]] const std::vector<double>& thresholds() const { return thresholds_; }
  /// Steps since the last `clear`.
  [[nodiscard]] int64_t iterations() const { return iterations_; }
  /// Share of (step, pair) whose whole gradients have a cosine below 0; 0 before the first step.
  [[nodiscard]] double conflict_share() const;

  /// The `conflict` record of docs/formats/records.md, without `type` and `epoch`.
  [[nodiscard]] Json record() const;
  /// Forgets the counts: a new epoch begins.
  void clear();

  /// Counts of an unfinished epoch, for checkpoints.
  [[nodiscard]] Json state() const;
  /// StateError if it does not fit.
  void load_state(const Json& state);

 private:
  [[nodiscard]] int64_t num_pairs() const { return static_cast<int64_t>(pairs_.size()); }
  [[nodiscard]] int64_t num_layers() const { return static_cast<int64_t>(layer_names_.size()); }
  /// Counters of a row: the bins, then the thresholds.
  [[nodiscard]] int64_t row_width() const { return kBins + static_cast<int64_t>(thresholds_.size()); }
  /// Block l is layer l, block L the whole vector. A layer has one row, the whole vector one for each pair.
  [[nodiscard]] int64_t row_of(int64_t block, int64_t pair) const {
    return block < num_layers() ? block : num_layers() + pair;
  }
  void count(int64_t block, const double* gramian);
  [[nodiscard]] Json block_record(int64_t block) const;

  std::vector<std::string> layer_names_;
  std::vector<std::string> task_names_;
  std::vector<double> thresholds_;
  std::vector<std::pair<int64_t, int64_t>> pairs_;
  std::vector<int64_t> counts_;      ///< [L + pairs][row_width()]
  std::vector<double> cosine_sums_;  ///< [L + 1][pairs]
  int64_t iterations_ = 0;
  int64_t conflicts_ = 0;
};

}  // namespace reconcile
