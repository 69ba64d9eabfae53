#include "convolutions.h"

#include <ATen/ATen.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/kernels/batch_norm.h"
#include "reconcile/kernels/convolution.h"
#include "reconcile/kernels/layout.h"

namespace reconcile::bench {
namespace {

constexpr int64_t kBatch = 64;

struct LayerShape {
  std::string name;
  int64_t in, out, side;
  Window window;
};

std::vector<LayerShape> layer_shapes() {
  const Window same{.kernel = 3, .stride = 1, .padding = 1};
  return {{"conv1", 1, 64, 36, {.kernel = 7, .stride = 2, .padding = 3}},
          {"layer1", 64, 64, 9, same},
          {"layer2", 128, 128, 5, same},
          {"layer3", 256, 256, 3, same},
          {"layer4", 512, 512, 2, same}};
}

using Operation = std::function<at::Tensor(const std::vector<at::Tensor>& inputs)>;

/// The result and the gradients of the inputs.
std::vector<at::Tensor> pass(const Operation& operation, const std::vector<at::Tensor>& inputs,
                             const at::Tensor& like) {
  const at::Tensor y = operation(inputs);
  auto results = torch::autograd::grad({y}, inputs, {like});
  results.push_back(y.detach());
  return results;
}

/// Times the operation; an error where its results differ from those of `reference` by more than `tolerance` of their
/// norm.
void measure(benchmark::State& state, const Operation& operation, const Operation& reference,
             const std::vector<at::Tensor>& inputs, double tolerance, double flop) {
  const at::Tensor like = at::randn_like(operation(inputs)).detach();
  const auto found = pass(operation, inputs, like);
  const auto expected = pass(reference, inputs, like);
  for (size_t i = 0; i < found.size(); ++i) {
    if ((found[i] - expected[i]).norm().item<double>() > tolerance * expected[i].norm().item<double>()) {
      state.SkipWithError("wrong");
    }
  }
  for (auto _ : state) benchmark::DoNotOptimize(pass(operation, inputs, like));
  if (flop > 0) state.counters["flop"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
}

void register_pass(const std::string& name, const Operation& operation, const Operation& reference,
                   const std::vector<at::Tensor>& inputs, double tolerance, double flop) {
  benchmark::RegisterBenchmark(
      name.c_str(), [=](benchmark::State& state) { measure(state, operation, reference, inputs, tolerance, flop); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

void register_convolution(const LayerShape& shape) {
  const Window& w = shape.window;
  const at::Tensor x = at::randn({kBatch, shape.in, shape.side, shape.side});
  const at::Tensor weight = at::randn({shape.out, shape.in, w.kernel, w.kernel}).requires_grad_();
  const int64_t outputs = w.outputs(shape.side) * w.outputs(shape.side);
  const double flop = 6.0 * static_cast<double>(kBatch * outputs * weight.numel());
  const Operation libtorch = [w](const std::vector<at::Tensor>& in) {
    return at::conv2d(in[0], in[1], {}, w.stride, w.padding, w.dilation);
  };
  const auto ours = [w](Precision precision) -> Operation {
    return [=](const std::vector<at::Tensor>& in) { return convolution(in[0], in[1], {}, w, precision); };
  };
  const std::string name = fmt::format("convolution/{}/", shape.name);
  register_pass(name + "LibTorch", libtorch, libtorch, {x.clone().requires_grad_(), weight}, 0, flop);
  const at::Tensor position_major = to_position_major(x).requires_grad_();
  for (const auto& [precision, tolerance] : {std::pair("float32", 1e-5), {"bfloat16x3", 1e-4}, {"bfloat16", 2e-2}}) {
    register_pass(name + precision, ours(parse_precision(precision)), libtorch, {position_major, weight}, tolerance,
                  flop);
  }
}

/// Normalisation, residual sum and ReLU.
void register_batch_norm(const LayerShape& shape) {
  const at::Tensor x = at::randn({kBatch, shape.out, shape.side, shape.side});
  const at::Tensor beside = at::randn_like(x);
  const at::Tensor weight = at::rand({shape.out}).requires_grad_();
  const at::Tensor bias = at::randn({shape.out}).requires_grad_();
  const Operation libtorch = [](const std::vector<at::Tensor>& in) {
    return (at::batch_norm(in[0], in[2], in[3], {}, {}, true, 0.1, 1e-5, false) + in[1]).relu();
  };
  const Operation ours = [](const std::vector<at::Tensor>& in) {
    return batch_norm(in[0], in[2], in[3], in[1], kRelu, {}, 1e-5);
  };
  const std::string name = fmt::format("batch_norm/{}/", shape.name);
  register_pass(name + "LibTorch", libtorch, libtorch,
                {x.clone().requires_grad_(), beside.clone().requires_grad_(), weight, bias}, 0, 0);
  register_pass(name + "float32", ours, libtorch,
                {to_position_major(x).requires_grad_(), to_position_major(beside).requires_grad_(), weight, bias}, 1e-4,
                0);
}

}  // namespace

void register_convolutions() {
  const auto shapes = layer_shapes();
  for (const auto& shape : shapes) register_convolution(shape);
  for (size_t i = 1; i < shapes.size(); ++i) register_batch_norm(shapes[i]);
}

}  // namespace reconcile::bench
