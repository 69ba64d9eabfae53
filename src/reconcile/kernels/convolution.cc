#include "reconcile/kernels/convolution.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "reconcile/kernels/gathered.h"
#include "reconcile/kernels/layout.h"
#include "reconcile/kernels/tap_products.h"
#include "reconcile/kernels/weight_order.h"

namespace reconcile {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr int64_t kFewChannels = 16;  ///< below it a product over the channels of one tap is too thin

/// Whether a window takes every position once and by itself; then the map is as well one long row, and no stretch of it
/// is short.
bool is_single(const Window& w) { return w.kernel == 1 && w.stride == 1 && w.padding == 0; }
at::Tensor one_row(const at::Tensor& map) { return map.view({1, -1, map.size(2), map.size(3)}); }

bool gathers(const Window& window, int64_t channels) { return window.kernel > 1 && channels < kFewChannels; }

/// A convolution that was applied: what its gradients need.
struct Applied {
  Window window;
  Precision precision;
  std::vector<int64_t> size;  ///< of the input, [H, W, B, C]
  Factor in, taps;            ///< as the products read them
  at::Tensor weight;

  explicit Applied(AutogradContext* ctx) {
    const auto w = ctx->saved_data["window"].toIntVector();
    window = {w[0], w[1], w[2], w[3]};
    precision = static_cast<Precision>(ctx->saved_data["precision"].toInt());
    size = ctx->saved_data["size"].toIntVector();
    const variable_list saved = ctx->get_saved_variables();
    in = {saved[0], saved[1]};
    taps = {saved[2], saved[3]};
    weight = saved[4];
  }

  [[nodiscard]] at::Tensor input_gradient(const Factor& dy) const {
    const Factor by_tap = gathers(window, size[3]) ? factor_of(taps_first(weight), precision) : taps;
    const bool single = is_single(window);
    return tap_input_gradient(dy, by_tap, window, single ? 1 : size[0], single ? size[0] * size[1] : size[1])
        .view(size);
  }
  [[nodiscard]] at::Tensor weight_gradient(const Factor& dy) const {
    if (!gathers(window, size[3])) return taps_last(tap_weight_gradient(in, dy, window), weight.sizes());
    const at::Tensor dw = gathered_weight_gradient(in, dy, window);
    return dw.view({weight.size(0), window.kernel, window.kernel, -1}).permute({0, 3, 1, 2}).contiguous();
  }
};

class Convolution final : public torch::autograd::Function<Convolution> {
 public:
  static Variable forward(AutogradContext* ctx, const Variable& x, const Variable& weight,
                          const c10::optional<Variable>& bias, const Window& window, Precision precision) {
    const at::Tensor map = positions(x);
    const at::Tensor start = bias.value_or(at::Tensor());
    Factor in, taps;
    at::Tensor y;
    if (gathers(window, x.size(1))) {
      in = factor_of(x.permute({2, 3, 1, 0}).contiguous(), precision);
      taps = factor_of(weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1}), precision);
      y = gathered_forward(in, taps, start, window);
    } else {
      in = factor_of(is_single(window) ? one_row(map) : map, precision);
      taps = factor_of(taps_first(weight), precision);
      y = tap_forward(in, taps, start, window);
    }
    ctx->save_for_backward({in.high, in.low, taps.high, taps.low, weight});
    ctx->saved_data["window"] = std::vector<int64_t>{window.kernel, window.stride, window.padding, window.dilation};
    ctx->saved_data["precision"] = static_cast<int64_t>(precision);
    ctx->saved_data["size"] = map.sizes().vec();
    ctx->saved_data["has_bias"] = bias.has_value();
    return from_positions(y.view({window.outputs(map.size(0)), window.outputs(map.size(1)), x.size(0), -1}));
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const Applied applied(ctx);
    const at::Tensor dy = positions(gradients[0]).contiguous();
    const Factor factor = factor_of(is_single(applied.window) ? one_row(dy) : dy, applied.precision);
    variable_list result(5);
    if (ctx->needs_input_grad(0)) result[0] = from_positions(applied.input_gradient(factor));
    if (ctx->needs_input_grad(1)) result[1] = applied.weight_gradient(factor);
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
