/// Alignment of the task gradients: replaces them by the nearest rows that are orthogonal to each other and equally
/// long, and adds those.
///   rows = W S U' (singular value decomposition, S = diag(sigma) [r, r], r = rank)
///   d = s U W' u [P] = rows' w,    w = s W S^-1 W' u [T]
///   s = the smallest sigma (scale = min), the lower median (median) or the root mean square (rmse)
/// u = preference [T], 1 for every task if none is given.
/// Reduction: sum; identical rows g give T g. Zero rows count for nothing.
/// Cost: T backward passes, [T, P] memory, two eigenvalue problems of T x T in double on the CPU.
/// The diagnostic "condition" is the largest over the smallest sigma. d may conflict.
/// Paper: Senushkin et al., CVPR 2023, arXiv:2305.19000.
/// Differs: directions in which the rows barely differ are dropped by the cosines (eigenvalues below T 2^-23), where
/// the authors drop eigenvalues of the Gramian below T 2^-23 times the largest, and with them tasks with short
/// gradients. Every sigma that is left has its own relative precision. TorchJD takes preference 1/T.

#include <limits>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/core/task.h"
#include "reconcile/linalg/alignment.h"

namespace reconcile {
namespace {

class AlignedMtl final : public GramianAggregator {
 public:
  struct Options {
    std::string scale = "min";
    std::vector<double> preference;
  };
  explicit AlignedMtl(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.preference.empty(); }

  Aggregation weigh(const Eigen::MatrixXd& gramian, double noise, Rng& /*rng*/) override {
    const Eigen::Index T = gramian.rows();
    const std::vector<double> preference =
        task_values(options_.preference, T, 1.0, "aggregator \"aligned_mtl\": preference");
    const Alignment aligned =
        align_rows(gramian, Eigen::Map<const Eigen::VectorXd>(preference.data(), T), length(),
                   std::max(noise, static_cast<double>(T) * std::numeric_limits<float>::epsilon()));
    const Eigen::VectorXd& sigma = aligned.singular_values;
    const double condition = sigma.size() > 0 ? sigma(sigma.size() - 1) / sigma(0) : 1.0;
    return weighted(aligned.weights, {{"residual", aligned.residual}, {"condition", condition}}, "");
  }

 private:
  [[nodiscard]] AlignedLength length() const {
    return options_.scale == "min"      ? AlignedLength::kSmallest
           : options_.scale == "median" ? AlignedLength::kMedian
                                        : AlignedLength::kRootMeanSquare;
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry aligned_mtl_entry() {
  using O = AlignedMtl::Options;
  return aggregator_entry<AlignedMtl>(
      {"aligned_mtl", "Independent component alignment (Aligned-MTL)", "arXiv:2305.19000"}, Reduction::kSum,
      kPermutation | kHomogeneous,
      {option("scale", &O::scale, one_of({"min", "median", "rmse"}), "which singular value the aligned rows get"),
       option("preference", &O::preference, at_least(0),
              "weight of each task's aligned row, one number a task; 1 each if none is given")});
}

}  // namespace aggregator_entries
}  // namespace reconcile
