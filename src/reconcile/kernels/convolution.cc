#include "reconcile/kernels/convolution.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "reconcile/core/chunks.h"
#include "reconcile/kernels/gathered.h"
#include "reconcile/kernels/layout.h"
#include "reconcile/kernels/tap_products.h"

namespace reconcile {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr int64_t kFewChannels = 16;  ///< below it a product over the channels of one tap is too thin

constexpr int64_t kWeightsAtOnce = 1024;  ///< so that all their taps stay in a core's cache

/// Calls move(from, to, begin, end) for pieces of the pairs of an output and an input channel.
template <class Move>
void for_each_pair(const at::Tensor& from, const at::Tensor& to, int64_t pairs, Move move) {
  for_chunks(pairs, kWeightsAtOnce,
             [&](int64_t begin, int64_t end) { move(from.data_ptr<float>(), to.data_ptr<float>(), begin, end); });
}

/// [out, in, k, k] -> [k * k, out, in].
at::Tensor taps_first(const at::Tensor& weight) {
  const int64_t pairs = weight.size(0) * weight.size(1);
  const int64_t taps = weight.numel() / pairs;
  if (taps == 1) return weight.view({1, weight.size(0), weight.size(1)});
  const at::Tensor result = at::empty({taps, weight.size(0), weight.size(1)}, weight.options());
  for_each_pair(weight.contiguous(), result, pairs, [=](const float* from, float* to, int64_t begin, int64_t end) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t i = begin; i < end; ++i) to[t * pairs + i] = from[i * taps + t];
    }
  });
  return result;
}

/// The inverse.
at::Tensor taps_last(const at::Tensor& weight, at::IntArrayRef sizes) {
  const int64_t taps = weight.size(0);
  const int64_t pairs = weight.numel() / taps;
  if (taps == 1) return weight.view(sizes);
  const at::Tensor result = at::empty(sizes, weight.options());
  for_each_pair(weight, result, pairs, [=](const float* from, float* to, int64_t begin, int64_t end) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t i = begin; i < end; ++i) to[i * taps + t] = from[t * pairs + i];
    }
  });
  return result;
}

/// Whether a window takes every position once and by itself; then the map is as well one long row, and no stretch of it
/// is short.
bool is_single(const Window& w) { return w.kernel == 1 && w.stride == 1 && w.padding == 0; }
at::Tensor one_row(const at::Tensor& map) { return map.view({1, -1, map.size(2), map.size(3)}); }

bool gathers(const Window& window, int64_t channels) { return window.kernel > 1 && channels < kFewChannels; }

/// A convolution that was applied once: its factors, and the gradients that they give.
class Convolution final : public torch::autograd::Function<Convolution> {
 public:
  static Variable forward(AutogradContext* ctx, const Variable& x, const Variable& weight,
                          const c10::optional<Variable>& bias, const Window& window, Precision precision) {
    const at::Tensor map = positions(x);
    const at::Tensor start = bias.value_or(at::Tensor());
    Factor in, w;
    at::Tensor y;
    if (gathers(window, x.size(1))) {
      in = factor_of(x.permute({2, 3, 1, 0}).contiguous(), precision);
      w = factor_of(weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1}), precision);
      y = gathered_forward(in, w, start, window);
    } else {
      in = factor_of(is_single(window) ? one_row(map) : map, precision);
      w = factor_of(taps_first(weight), precision);
      y = tap_forward(in, w, start, window);
    }
    ctx->save_for_backward({in.high, in.low, w.high, w.low, weight});
    ctx->saved_data["window"] = std::vector<int64_t>{window.kernel, window.stride, window.padding, window.dilation};
    ctx->saved_data["precision"] = static_cast<int64_t>(precision);
    ctx->saved_data["size"] = map.sizes().vec();
    ctx->saved_data["has_bias"] = bias.has_value();
    return from_positions(y.view({window.outputs(map.size(0)), window.outputs(map.size(1)), x.size(0), -1}));
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const auto w = ctx->saved_data["window"].toIntVector();
    const Window window{w[0], w[1], w[2], w[3]};
    const auto precision = static_cast<Precision>(ctx->saved_data["precision"].toInt());
    const auto size = ctx->saved_data["size"].toIntVector();
    const at::Tensor& weight = saved[4];
    const bool gathered = gathers(window, weight.size(1));
    const at::Tensor dy = positions(gradients[0]).contiguous();
    const Factor gradient = factor_of(is_single(window) ? one_row(dy) : dy, precision);
    variable_list result(5);
    if (ctx->needs_input_grad(0)) {
      const Factor taps = gathered ? factor_of(taps_first(weight), precision) : Factor{saved[2], saved[3]};
      const bool single = is_single(window);
      const at::Tensor dx =
          tap_input_gradient(gradient, taps, window, single ? 1 : size[0], single ? size[0] * size[1] : size[1]);
      result[0] = from_positions(dx.view(size));
    }
    if (ctx->needs_input_grad(1)) {
      const Factor in{saved[0], saved[1]};
      result[1] = gathered ? gathered_weight_gradient(in, gradient, window)
                                 .view({weight.size(0), window.kernel, window.kernel, -1})
                                 .permute({0, 3, 1, 2})
                                 .contiguous()
                           : taps_last(tap_weight_gradient(in, gradient, window), weight.sizes());
    }
    if (ctx->saved_data["has_bias"].toBool() && ctx->needs_input_grad(2)) result[2] = dy.sum({0, 1, 2});
    return result;
  }
};

}  // namespace

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const Window& window,
                       Precision precision) {
  return Convolution::apply(gathers(window, x.size(1)) ? x : to_position_major(x), weight,
                            bias.defined() ? c10::make_optional(bias) : c10::nullopt, window, precision);
}

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, Precision precision) {
  const at::Tensor rows = x.reshape({-1, x.size(-1), 1, 1});
  const at::Tensor y = convolution(rows, weight.unsqueeze(-1).unsqueeze(-1), bias, {}, precision);
  auto sizes = x.sizes().vec();
  sizes.back() = weight.size(0);
  return y.reshape(sizes);
}

}  // namespace reconcile
