#include "reconcile/nn/layers.h"

#include <ATen/ATen.h>

#include <cmath>

namespace reconcile {
namespace {

at::Tensor normal(at::IntArrayRef shape, double sd, Rng rng) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* data = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) data[i] = static_cast<float>(sd * rng.normal());
  return tensor;
}

at::Tensor uniform(at::IntArrayRef shape, double bound, Rng rng) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* data = tensor.data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) data[i] = static_cast<float>(rng.uniform(-bound, bound));
  return tensor;
}

}  // namespace

Conv::Conv(std::string name, int64_t num_tasks, Rng rng, Shape shape)
    : Layer(std::move(name), num_tasks), shape_(shape) {
  initialise(rng);
}

std::vector<std::string> Conv::parameter_names() const {
  return shape_.bias ? std::vector<std::string>{"weight", "bias"} : std::vector<std::string>{"weight"};
}

Layer::Copy Conv::make_copy(Rng rng) const {
  const double fan_out = static_cast<double>(shape_.out * shape_.kernel * shape_.kernel) / shape_.groups;
  Copy copy{
      normal({shape_.out, shape_.in / shape_.groups, shape_.kernel, shape_.kernel}, std::sqrt(2.0 / fan_out), rng)};
  if (shape_.bias) copy.push_back(at::zeros({shape_.out}));
  return copy;
}

at::Tensor Conv::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) {
  return at::conv2d(x, copy[0], shape_.bias ? copy[1] : at::Tensor(), shape_.stride, shape_.padding, shape_.dilation,
                    shape_.groups);
}

int64_t Conv::macs(const at::Tensor& y) const {
  return y.size(1) * y.size(2) * y.size(3) * shape_.in / shape_.groups * shape_.kernel * shape_.kernel;
}

BatchNorm::BatchNorm(std::string name, int64_t num_tasks, Rng rng, int64_t channels)
    : Layer(std::move(name), num_tasks), channels_(channels) {
  initialise(rng);
}

std::vector<std::string> BatchNorm::parameter_names() const { return {"weight", "bias"}; }
std::vector<std::string> BatchNorm::statistics_names() const { return {"running_mean", "running_var"}; }

Layer::Copy BatchNorm::make_copy(Rng /*rng*/) const { return {at::ones({channels_}), at::zeros({channels_})}; }
Layer::Copy BatchNorm::make_statistics() const { return {at::zeros({channels_}), at::ones({channels_})}; }

at::Tensor BatchNorm::apply(const Copy& copy, const Copy& statistics, const at::Tensor& x) {
  const bool uses_statistics = !is_training() || !has_frozen_statistics();
  return at::batch_norm(x, copy[0], copy[1], uses_statistics ? statistics[0] : at::Tensor(),
                        uses_statistics ? statistics[1] : at::Tensor(), is_training(), /*momentum=*/0.1, /*eps=*/1e-5,
                        /*cudnn_enabled=*/true);
}

int64_t BatchNorm::macs(const at::Tensor& y) const { return y.numel() / y.size(0); }

Linear::Linear(std::string name, int64_t num_tasks, Rng rng, int64_t in, int64_t out)
    : Layer(std::move(name), num_tasks), in_(in), out_(out) {
  initialise(rng);
}

std::vector<std::string> Linear::parameter_names() const { return {"weight", "bias"}; }

Layer::Copy Linear::make_copy(Rng rng) const {
  const double bound = 1.0 / std::sqrt(static_cast<double>(in_));
  return {uniform({out_, in_}, bound, rng.fork("weight")), uniform({out_}, bound, rng.fork("bias"))};
}

at::Tensor Linear::apply(const Copy& copy, const Copy& /*statistics*/, const at::Tensor& x) {
  return at::linear(x, copy[0], copy[1]);
}

int64_t Linear::macs(const at::Tensor& y) const { return y.numel() / y.size(0) * in_; }

}  // namespace reconcile
