#include "reconcile/nn/rotation.h"

#include <ATen/ATen.h>

#include "reconcile/nn/layers.h"

namespace reconcile {
namespace {

/// Haar-random in SO(size): the orthogonal factor of a Gaussian matrix, with the signs that make it unique.
at::Tensor random_rotation(int64_t size, Rng rng) {
  const auto [q, r] = at::linalg_qr(normal_values({size, size}, 1.0, rng).to(at::kDouble));
  at::Tensor base = q * r.diagonal().sign();
  if (at::linalg_det(base).item<double>() < 0) base.select(1, 0).neg_();
  return base.to(at::kFloat);
}

at::Tensor rotation_of(const at::Tensor& base, const at::Tensor& skew) {
  const at::Tensor lower = skew.tril(-1);
  return at::matmul(base, at::matrix_exp(lower - lower.t()));
}

}  // namespace

Rotation::Rotation(std::string name, int64_t num_tasks, Rng rng, int64_t size)
    : Layer(std::move(name), num_tasks), size_(size), base_(random_rotation(size, rng)) {
  initialise(rng);
}

Layer::Copy Rotation::make_copy(Rng /*rng*/) const { return {at::zeros({size_, size_})}; }
Layer::Copy Rotation::make_statistics() const { return {base_}; }

at::Tensor Rotation::matrix() const { return rotation_of(statistics(0)[0], copy(0)[0]); }

at::Tensor Rotation::apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) {
  const auto version = static_cast<uint64_t>(copy[0]._version());
  if (!cached_.defined() || version != cached_version_) {
    const at::NoGradGuard no_grad;
    cached_ = rotation_of(statistics[0], copy[0]);
    cached_version_ = version;
  }
  return rotate_channels(cached_, x);
}

int64_t Rotation::macs(const at::Tensor& y) const { return y.numel() / y.size(0) / y.size(1) * size_ * size_; }

at::Tensor rotate_channels(const at::Tensor& matrix, const at::Tensor& x) {
  const int64_t size = matrix.size(0);
  const at::Tensor part = x.narrow(1, 0, size);
  const at::Tensor turned =
      x.dim() == 2 ? at::matmul(part, matrix.t()) : at::matmul(matrix, part.flatten(2)).view(part.sizes());
  return size == x.size(1) ? turned : at::cat({turned, x.narrow(1, size, x.size(1) - size)}, 1);
}

}  // namespace reconcile
