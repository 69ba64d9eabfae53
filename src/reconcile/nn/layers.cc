#include "reconcile/nn/layers.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "reconcile/kernels/convolution.h"
#include "reconcile/kernels/layout.h"
#include "reconcile/nn/functional.h"

namespace reconcile {
namespace {

constexpr int64_t kInitialGrain = 1 << 16;  ///< numbers that one thread draws
constexpr double kNormEps = 1e-5;

/// Whether our own kernels compute with `x`.
bool takes_kernels(const Arithmetic& arithmetic, const at::Tensor& x) {
  return arithmetic.layout == Layout::kPosition && x.is_cpu() && x.scalar_type() == at::kFloat;
}

/// LibTorch's product of input, weight and bias; of bfloat16 factors on a device, if that was asked for.
template <class Product>
at::Tensor multiply(const Arithmetic& arithmetic, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                    const Product& product) {
  if (x.is_cpu() || arithmetic.precision == Precision::kFloat32) return product(x, weight, bias);
  const auto rounded = [](const at::Tensor& factor) { return factor.defined() ? factor.to(at::kBFloat16) : factor; };
  return product(rounded(x), rounded(weight), rounded(bias)).to(x.scalar_type());
}

/// A convolution in which every channel has a kernel of its own: all samples' channels as those of one sample.
at::Tensor depthwise(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const Window& w) {
  return channelwise(to_position_major(x), [&](const at::Tensor& map) {
    const int64_t times = map.size(1) / weight.size(0);
    return at::conv2d(map, weight.repeat({times, 1, 1, 1}), bias.defined() ? bias.repeat(times) : bias, w.stride,
                      w.padding, w.dilation, map.size(1));
  });
}

}  // namespace

at::Tensor normal_values(const std::vector<int64_t>& shape, double sd, Rng rng) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* data = tensor.data_ptr<float>();
  at::parallel_for(0, tensor.numel(), kInitialGrain, [&](int64_t begin, int64_t end) {
    Rng own = rng;
    own.set_counter(static_cast<uint64_t>(2 * begin));  // a normal number takes two draws
    for (int64_t i = begin; i < end; ++i) data[i] = static_cast<float>(sd * own.normal());
  });
  return tensor;
}

at::Tensor uniform_values(const std::vector<int64_t>& shape, double bound, Rng rng) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* data = tensor.data_ptr<float>();
  at::parallel_for(0, tensor.numel(), kInitialGrain, [&](int64_t begin, int64_t end) {
    Rng own = rng;
    own.set_counter(static_cast<uint64_t>(begin));
    for (int64_t i = begin; i < end; ++i) data[i] = static_cast<float>(own.uniform(-bound, bound));
  });
  return tensor;
}

Conv::Conv(std::string name, int64_t num_tasks, Rng rng, Shape shape)
    : Layer(std::move(name), num_tasks), shape_(std::move(shape)) {
  initialise(rng);
}

std::vector<std::string> Conv::parameter_names() const {
  return shape_.bias ? std::vector<std::string>{"weight", "bias"} : std::vector<std::string>{"weight"};
}

Layer::Copy Conv::make_copy(Rng rng) const {
  const auto area = static_cast<double>(shape_.kernel * shape_.kernel) / static_cast<double>(shape_.groups);
  const double fan_in = static_cast<double>(shape_.in) * area;
  const double fan_out = static_cast<double>(shape_.out) * area;
  double sd = 0.01;
  if (shape_.init == Init::kKaiming) sd = std::sqrt(2.0 / fan_out);
  if (shape_.init == Init::kXavier) sd = std::sqrt(2.0 / (fan_in + fan_out));
  const std::vector<int64_t> size{shape_.out, shape_.in / shape_.groups, shape_.kernel, shape_.kernel};
  Copy copy{shape_.start ? shape_.start() : normal_values(size, sd, rng)};
  if (shape_.bias) copy.push_back(at::zeros({shape_.out}));
  return copy;
}

at::Tensor Conv::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) {
  const at::Tensor bias = shape_.bias ? copy[1] : at::Tensor();
  const Window window{shape_.kernel, shape_.stride, shape_.padding, shape_.dilation};
  if (takes_kernels(arithmetic(), x)) {
    if (shape_.groups == 1) return convolution(x, copy[0], bias, window, arithmetic().precision);
    if (shape_.groups == shape_.in && shape_.in == shape_.out) return depthwise(x, copy[0], bias, window);
  }
  return multiply(arithmetic(), x, copy[0], bias, [this](const auto& map, const auto& weight, const auto& b) {
    return at::conv2d(map, weight, b, shape_.stride, shape_.padding, shape_.dilation, shape_.groups);
  });
}

int64_t Conv::macs(const at::Tensor& y) const {
  return y.size(1) * y.size(2) * y.size(3) * shape_.in / shape_.groups * shape_.kernel * shape_.kernel;
}

BatchNorm::BatchNorm(std::string name, int64_t num_tasks, Rng rng, int64_t channels, double momentum)
    : Layer(std::move(name), num_tasks), channels_(channels), momentum_(momentum) {
  initialise(rng);
}

std::vector<std::string> BatchNorm::parameter_names() const { return {"weight", "bias"}; }
std::vector<std::string> BatchNorm::statistics_names() const { return {"running_mean", "running_var"}; }

Layer::Copy BatchNorm::make_copy(Rng /*rng*/) const { return {at::ones({channels_}), at::zeros({channels_})}; }
Layer::Copy BatchNorm::make_statistics() const { return {at::zeros({channels_}), at::ones({channels_})}; }

at::Tensor BatchNorm::apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) {
  return normalise(copy, statistics, x, {}, {});
}

Streams BatchNorm::clamped(const Streams& x, const Clamp& clamp) {
  return for_each_stream(x, [&](const Copy& copy, const Copy& statistics, int64_t /*task*/, const at::Tensor& v) {
    return normalise(copy, statistics, v, {}, clamp);
  });
}

Streams BatchNorm::clamped(const Streams& x, const Streams& beside, const Clamp& clamp) {
  const Partition own = refine(copies(), x.partition());
  if (refine(own, beside.partition()) != own) return reconcile::clamped(add((*this)(x), beside), clamp);
  return for_each_stream(x, [&](const Copy& copy, const Copy& statistics, int64_t task, const at::Tensor& v) {
    return normalise(copy, statistics, v, beside.of_task(task), clamp);
  });
}

at::Tensor BatchNorm::clamped(const at::Tensor& x, const Clamp& clamp) {
  return for_one(x, [&](const Copy& copy, const Copy& statistics, int64_t /*task*/, const at::Tensor& v) {
    return normalise(copy, statistics, v, {}, clamp);
  });
}

at::Tensor BatchNorm::normalise(const Copy& copy, const Copy& statistics, const at::Tensor& x, const at::Tensor& beside,
                                const Clamp& clamp) {
  if (is_training() && x.numel() == channels_) {
    fail<StateError>("layer \"{}\": a batch norm needs more than one value a channel. Train with larger batches.",
                     name());
  }
  const bool uses_statistics = !is_training() || !has_frozen_statistics();
  const at::Tensor mean = uses_statistics ? statistics[0] : at::Tensor();
  const at::Tensor variance = uses_statistics ? statistics[1] : at::Tensor();
  const bool kernels = takes_kernels(arithmetic(), x);
  if (kernels && is_training()) {
    return batch_norm(x, copy[0], copy[1], beside, clamp, {mean, variance, momentum_}, kNormEps);
  }
  const auto norm = [&](const at::Tensor& map) {
    return at::batch_norm(map, copy[0], copy[1], mean, variance, is_training(), momentum_, kNormEps,
                          /*cudnn_enabled=*/true);
  };
  at::Tensor y = kernels ? channels_last(x, norm) : norm(x);
  if (beside.defined()) y = y + beside;
  return reconcile::clamped(y, clamp);
}

int64_t BatchNorm::macs(const at::Tensor& y) const { return y.numel() / y.size(0); }

LayerNorm::LayerNorm(std::string name, int64_t num_tasks, Rng rng, int64_t features)
    : Layer(std::move(name), num_tasks), features_(features) {
  initialise(rng);
}

std::vector<std::string> LayerNorm::parameter_names() const { return {"weight", "bias"}; }

Layer::Copy LayerNorm::make_copy(Rng /*rng*/) const { return {at::ones({features_}), at::zeros({features_})}; }

at::Tensor LayerNorm::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) {
  return at::layer_norm(x, {features_}, copy[0], copy[1], /*eps=*/1e-6);
}

int64_t LayerNorm::macs(const at::Tensor& y) const { return y.numel() / y.size(0); }

Linear::Linear(std::string name, int64_t num_tasks, Rng rng, int64_t in, int64_t out, LinearInit init,
               std::string prefix)
    : Layer(std::move(name), num_tasks), in_(in), out_(out), init_(init), prefix_(std::move(prefix)) {
  const double standard = 1.0 / std::sqrt(static_cast<double>(in_));
  if (init_.weight == 0.0) init_.weight = standard;
  if (init_.bias == 0.0) init_.bias = standard;
  initialise(rng);
}

std::vector<std::string> Linear::parameter_names() const { return {prefix_ + "weight", prefix_ + "bias"}; }

Layer::Copy Linear::make_copy(Rng rng) const {
  return {uniform_values({out_, in_}, init_.weight, rng.fork("weight")),
          uniform_values({out_}, init_.bias, rng.fork("bias"))};
}

at::Tensor Linear::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) {
  if (takes_kernels(arithmetic(), x) && arithmetic().precision != Precision::kFloat32) {
    return linear(x, copy[0], copy[1], arithmetic().precision);
  }
  return multiply(arithmetic(), x, copy[0], copy[1],
                  [](const auto& in, const auto& weight, const auto& b) { return at::linear(in, weight, b); });
}

int64_t Linear::macs(const at::Tensor& y) const { return y.numel() / y.size(0) * in_; }

Values::Values(std::string name, int64_t num_tasks, Rng rng, std::string parameter,
               std::function<at::Tensor(Rng)> start)
    : Layer(std::move(name), num_tasks), parameter_(std::move(parameter)), start_(std::move(start)) {
  initialise(rng);
}

Layer::Copy Values::make_copy(Rng rng) const { return {start_(rng)}; }

at::Tensor Values::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& /*x*/) { return copy[0]; }

}  // namespace reconcile
