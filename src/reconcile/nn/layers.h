#pragma once

#include <functional>

#include "reconcile/kernels/batch_norm.h"
#include "reconcile/nn/layer.h"

namespace reconcile {

/// 2-d convolution, square kernel. Weight [out, in/groups, k, k], bias [out] at 0.
class Conv final : public Layer {
 public:
  /// How a weight starts: normal with variance 2 / fan_out (Kaiming, ReLU), 2 / (fan_in + fan_out) (Xavier), or 0.01^2.
  enum class Init { kKaiming, kXavier, kSmall };
  struct Shape {
    int64_t in = 0, out = 0, kernel = 1, stride = 1, padding = 0, dilation = 1, groups = 1;
    bool bias = false;
    Init init = Init::kKaiming;
    std::function<at::Tensor()> start = nullptr;  ///< initial weight, where `init` will not do
  };
  Conv(std::string name, int64_t num_tasks, Rng rng, Shape shape);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] bool gains_from_batches() const override { return true; }
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  Shape shape_;
};

/// Batch normalisation over [B, C, H, W]; weight 1, bias 0, eps 1e-5. In training mode every stream is normalised by
/// its own batch statistics; StateError if there is only one value a channel.
class BatchNorm final : public Layer {
 public:
  BatchNorm(std::string name, int64_t num_tasks, Rng rng, int64_t channels, double momentum = 0.1);

  /// The normalised streams, clamped; in one go where the arithmetic has it.
  Streams clamped(const Streams& x, const Clamp& clamp);
  /// The same after adding `beside`.
  Streams clamped(const Streams& x, const Streams& beside, const Clamp& clamp);
  at::Tensor clamped(const at::Tensor& x, const Clamp& clamp);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] Copy make_statistics() const override;
  [[nodiscard]] std::vector<std::string> statistics_names() const override;
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  /// clamp(normalised x + beside); `beside` may be undefined.
  at::Tensor normalise(const Copy& copy, const Copy& statistics, const at::Tensor& x, const at::Tensor& beside,
                       const Clamp& clamp);
  int64_t channels_;
  double momentum_;
};

/// Layer normalisation over the last dimension; weight 1, bias 0, eps 1e-6 as in vision transformers.
class LayerNorm final : public Layer {
 public:
  LayerNorm(std::string name, int64_t num_tasks, Rng rng, int64_t features);
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  int64_t features_;
};

/// Bounds of a linear layer's uniform initial values; 0 = 1/sqrt(in).
struct LinearInit {
  double weight = 0.0;
  double bias = 0.0;
};

/// y = x W' + b on [..., in]. Both uniform in +-1/sqrt(in), LibTorch's default. The parameters are called
/// `<prefix>weight` and `<prefix>bias`.
class Linear final : public Layer {
 public:
  Linear(std::string name, int64_t num_tasks, Rng rng, int64_t in, int64_t out, LinearInit init = {},
         std::string prefix = "");
  [[nodiscard]] std::vector<std::string> parameter_names() const override;

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] bool gains_from_batches() const override { return true; }
  [[nodiscard]] int64_t macs(const at::Tensor& y) const override;
  int64_t in_;
  int64_t out_;
  LinearInit init_;
  std::string prefix_;
};

/// Learned numbers of any shape, whatever the input: mixing weights, position embeddings. The layer's only parameter is
/// called `parameter`.
class Values final : public Layer {
 public:
  /// `start` gives the initial values of a copy.
  Values(std::string name, int64_t num_tasks, Rng rng, std::string parameter, std::function<at::Tensor(Rng)> start);
  [[nodiscard]] std::vector<std::string> parameter_names() const override { return {parameter_}; }

 private:
  at::Tensor apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) override;
  [[nodiscard]] Copy make_copy(Rng rng) const override;
  [[nodiscard]] int64_t macs(const at::Tensor& /*y*/) const override { return 0; }
  std::string parameter_;
  std::function<at::Tensor(Rng)> start_;
};

/// Numbers drawn one after the other from `rng`: normal around 0, or uniform in +-bound.
at::Tensor normal_values(const std::vector<int64_t>& shape, double sd, Rng rng);
at::Tensor uniform_values(const std::vector<int64_t>& shape, double bound, Rng rng);

}  // namespace reconcile
