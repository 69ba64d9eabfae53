/// Gradient vaccine: each task gradient is turned until its cosine with every other task reaches a target, the moving
/// average of the cosines seen so far. A target of 0 is gradient surgery (pcgrad), so the first step is.
///   h_i = g_i;  for j in a random order of the others:  c = cos(h_i, g_j)
///     if c < z_ij:  h_i += |h_i| (z_ij sqrt(1 - c^2) / sqrt(1 - z_ij^2) - c) g_j / |g_j|
///     z_ij += beta (c - z_ij)                                              z [K, T, T], 0 at the first step
///   d = sum of h_i [P], in each of the K groups of parameters by itself
/// It runs on coefficients of unit rows: only the Gramian of each group is needed.
/// Reduction: sum; identical rows g give T g.
/// Cost: T backward passes, [T, P] memory, K T^3 scalar operations. Draws T permutations from the rng. Weights exist
/// for groups = whole only.
/// Fallbacks: a zero row, a row of which rounding noise is left, and a target of 1 (no finite step reaches it) change
/// nothing; the first two have no cosine, so their target stays.
/// Paper: Wang et al., ICLR 2021, arXiv:2010.05874, algorithm 1.
/// Differs: beta = 0.01 as in the paper, LibMTL and TorchJD take 0.5. LibMTL adds 1e-8 to the denominators and lets
/// sqrt see negative numbers; Aligned-MTL's copy moves the target only where it turned the gradient.

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "reconcile/aggregators/inputs.h"
#include "reconcile/aggregators/memory.h"
#include "reconcile/core/layer_gramians.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/unit_rows.h"

namespace reconcile {
namespace {

using Orders = std::vector<std::vector<int64_t>>;

/// The gradients of one group.
class Group {
 public:
  Group(const Eigen::MatrixXd& gramian, double noise, double beta)
      : norms_(gramian.diagonal().cwiseSqrt()),
        inverse_((norms_.array() > 0).select(norms_.cwiseInverse(), 0.0)),
        cosines_(inverse_.asDiagonal() * gramian * inverse_.asDiagonal()),
        noise_(noise),
        beta_(beta) {}

  /// The weights [T] of the rows in the sum of the h_i; moves the targets z [T * T].
  Eigen::VectorXd weights(const Orders& orders, double* targets) const {
    const Eigen::Index T = norms_.size();
    Eigen::VectorXd total = Eigen::VectorXd::Zero(T);
    for (Eigen::Index i = 0; i < T; ++i) {
      if (norms_(i) > 0) total += norms_(i) * turned(i, orders[i], targets + i * T);
    }
    return total.cwiseProduct(inverse_);
  }

 private:
  /// h_i / |g_i| as coefficients of the unit rows.
  [[nodiscard]] Eigen::VectorXd turned(Eigen::Index i, const std::vector<int64_t>& order, double* targets) const {
    Eigen::VectorXd h = Eigen::VectorXd::Unit(norms_.size(), i);
    Eigen::VectorXd products = cosines_.col(i);  // with every unit row
    for (const int64_t j : order) {
      const double length = std::sqrt(std::max(h.dot(products), 0.0));
      if (j == i || !(norms_(j) > 0) || length <= std::sqrt(noise_) * h.cwiseAbs().sum()) continue;
      const double c = std::clamp(products(j) / length, -1.0, 1.0);
      const double z = targets[j];
      if (c < z && sine(z) > 0) {
        const double step = length * (z * sine(c) / sine(z) - c);
        h(j) += step;
        products += step * cosines_.col(j);
      }
      targets[j] += beta_ * (c - z);
    }
    return h;
  }

  /// The root of 1 - cosine^2; exactly 0 where rounding noise is left of it.
  [[nodiscard]] double sine(double cosine) const {
    const double square = (1 - cosine) * (1 + cosine);
    return square > noise_ ? std::sqrt(square) : 0.0;
  }

  Eigen::VectorXd norms_, inverse_;
  Eigen::MatrixXd cosines_;
  double noise_, beta_;
};

class GradVac final : public RememberingAggregator {
 public:
  struct Options {
    double beta = 0.01;
    std::string groups = "whole";
  };
  explicit GradVac(Options options) : RememberingAggregator("gradvac", {"targets"}), options_(std::move(options)) {}

  [[nodiscard]] bool gives_weights() const override { return options_.groups == "whole"; }
  /// An axis of the targets that counts groups can be as long as one that counts tasks.
  [[nodiscard]] bool takes_fewer_tasks() const override { return options_.groups == "whole"; }

  Aggregation operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) override {
    finite_gramian(gradients);
    const int64_t T = gradients.num_tasks();
    const std::vector<ParamLayout::Range> groups = groups_of(gradients.layout());
    const at::Tensor gramians = gramians_of(gradients);
    const double noise = rounding_noise(gradients);
    auto targets = numbers("targets", {gramians.size(0), T, T}, 0.0);
    Orders orders;
    for (int64_t i = 0; i < T; ++i) orders.push_back(rng.permutation(T));
    Aggregation result;
    for (int64_t k = 0; k < gramians.size(0); ++k) {
      const Group group(without_noise(to_matrix(gramians[k]), noise), noise, options_.beta);
      const Eigen::VectorXd weights = group.weights(orders, targets.data() + k * T * T);
      result.weights = std::vector<double>(weights.begin(), weights.end());
      at::Tensor part = gradient.slice(0, groups[k].begin, groups[k].end);
      combine_rows(gradients.rows().slice(1, groups[k].begin, groups[k].end), *result.weights, part);
    }
    if (!gives_weights()) result.weights.reset();
    return result;
  }

 private:
  [[nodiscard]] std::vector<ParamLayout::Range> groups_of(const ParamLayout& layout) const {
    if (options_.groups == "layer") return layout.layers();
    if (options_.groups == "parameter") return layout.parameters();
    return {{"whole", 0, layout.size()}};
  }

  /// [K, T, T]
  [[nodiscard]] at::Tensor gramians_of(const TaskGradients& gradients) const {
    if (options_.groups == "layer") return gradients.layer_gramians();
    if (options_.groups == "whole") return gradients.gramian().unsqueeze(0);
    ParamLayout apart;
    for (const auto& parameter : gradients.layout().parameters()) {
      apart.add_layer(parameter.name);
      apart.add_parameter(parameter.name, parameter.size());
    }
    return compute_layer_gramians(gradients.rows(), apart);
  }

  Options options_;
};

}  // namespace

namespace aggregator_entries {

AggregatorEntry gradvac_entry() {
  using O = GradVac::Options;
  return aggregator_entry<GradVac>(
      {"gradvac", "Gradient vaccine", "arXiv:2010.05874, algorithm 1"}, Reduction::kSum, kHomogeneous,
      {option("beta", &O::beta, between(0, 1), "how fast the target cosines follow; 0 gives pcgrad"),
       option("groups", &O::groups, one_of({"whole", "layer", "parameter"}),
              "parameters that are turned together: all, those of a layer, or each tensor")},
      /*is_random=*/true);
}

}  // namespace aggregator_entries
}  // namespace reconcile
