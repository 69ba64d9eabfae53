#pragma once

#include "reconcile/nn/layer.h"

namespace reconcile {

/// A learned rotation R = B exp(A) of the first `size` channels of [B, C, ...], with A = L - L' from the strictly lower
/// triangle L of the parameter `skew` [size, size], which starts at 0, and a fixed base B drawn from the Haar measure
/// of SO(size). R counts as a constant in the forward pass: losses do not move it, `matrix()` carries its gradient.
/// Paper: Javaloy and Valera, ICLR 2022, arXiv:2103.02631, section 3.2.
class Rotation final : public Layer {
 public:
  Rotation(std::string name, int64_t num_tasks, Rng rng, int64_t size);
  [[nodiscard]] std::vector<std::string> parameter_names() const override { return {"skew"}; }
  [[nodiscard]] int64_t size() const { return size_; }
  /// R [size, size] of the first copy, with gradient.
  [[nodiscard]] at::Tensor matrix() const;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] Copy make_statistics() const override;
  [[nodiscard]] std::vector<std::string> statistics_names() const override { return {"base"}; }
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;

  int64_t size_;
  at::Tensor base_;
  at::Tensor cached_;            ///< R without gradient
  uint64_t cached_version_ = 0;  ///< of the parameter it was made from
};

/// x with its first matrix.size(0) channels multiplied by the matrix.
at::Tensor rotate_channels(const at::Tensor& matrix, const at::Tensor& x);

}  // namespace reconcile
