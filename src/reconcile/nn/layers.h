#pragma once

#include "reconcile/nn/layer.h"

namespace reconcile {

/// 2-d convolution, square kernel. Weight [out, in/groups, k, k], Kaiming-normal (fan_out, ReLU); bias [out] at 0.
class Conv final : public Layer {
 public:
  struct Shape {
    int64_t in = 0, out = 0, kernel = 1, stride = 1, padding = 0, dilation = 1, groups = 1;
    bool bias = false;
  };
  Conv(std::string name, int64_t num_tasks, Rng rng, Shape shape);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  Shape shape_;
};

/// Batch normalisation over [B, C, H, W]; weight 1, bias 0, momentum 0.1, eps 1e-5. In training mode every stream is
/// normalised by its own batch statistics.
class BatchNorm final : public Layer {
 public:
  BatchNorm(std::string name, int64_t num_tasks, Rng rng, int64_t channels);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] Copy make_statistics() const override;
  [[nodiscard]] std::vector<std::string> statistics_names() const override;
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  int64_t channels_;
};

/// y = x W' + b on [B, in]. Both uniform in +-1/sqrt(in), LibTorch's default.
class Linear final : public Layer {
 public:
  Linear(std::string name, int64_t num_tasks, Rng rng, int64_t in, int64_t out);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  int64_t in_;
  int64_t out_;
};

}  // namespace reconcile
