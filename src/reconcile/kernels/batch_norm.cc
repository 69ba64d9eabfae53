#include "reconcile/kernels/batch_norm.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "reconcile/core/chunks.h"
#include "reconcile/core/vector_width.h"
#include "reconcile/kernels/layout.h"

namespace reconcile {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr int64_t kRows = 256;  ///< that are summed in float32

/// Consecutive rows of a matrix [rows, width] and what stands beside them; a null pointer is not there.
struct NormRows {
  int64_t count, width;
  const float* x;
  const float* beside = nullptr;    ///< forward
  const float* output = nullptr;    ///< backward, where something stood beside
  const float* gradient = nullptr;  ///< backward
};

/// The normalisation as scale * x + shift, and what its gradient needs; all [width].
struct Affine {
  const float *scale, *shift, *mean;
  float low, high;
};

/// sums[0] += x - pivot, sums[1] += (x - pivot)^2, column by column.
void add_moments(const NormRows& rows, const float* pivot, float* sum, float* square) {
  run_widest([&](auto) RECONCILE_INLINED {
    for (int64_t r = 0; r < rows.count; ++r) {
      const float* x = rows.x + r * rows.width;
#pragma omp simd
      for (int64_t c = 0; c < rows.width; ++c) {
        const float d = x[c] - pivot[c];
        sum[c] += d;
        square[c] += d * d;
      }
    }
  });
}

void normalise_rows(const NormRows& rows, const Affine& a, float* y) {
  run_widest([&](auto) RECONCILE_INLINED {
    for (int64_t r = 0; r < rows.count; ++r) {
      const float* x = rows.x + r * rows.width;
      const float* beside = rows.beside == nullptr ? nullptr : rows.beside + r * rows.width;
      float* out = y + r * rows.width;
#pragma omp simd
      for (int64_t c = 0; c < rows.width; ++c) {
        const float v = a.scale[c] * x[c] + a.shift[c] + (beside == nullptr ? 0.0F : beside[c]);
        out[c] = v < a.low ? a.low : (v > a.high ? a.high : v);
      }
    }
  });
}

/// The gradient in front of the clamp.
inline float unclamped(float gradient, float value, const Affine& a) {
  return static_cast<int>(value > a.low) & static_cast<int>(value < a.high) ? gradient : 0.0F;
}

/// Calls each(value, r), where value(c) is what the clamp saw in row r; compiled once for each of its two sources.
template <class Each>
RECONCILE_INLINE void for_each_row(const NormRows& rows, const Affine& a, Each each) {
  const float *scale = a.scale, *shift = a.shift;
  for (int64_t r = 0; r < rows.count; ++r) {
    const float* x = rows.x + r * rows.width;
    if (rows.output == nullptr) {
      each([=](int64_t c) { return scale[c] * x[c] + shift[c]; }, r);
    } else {
      each([y = rows.output + r * rows.width](int64_t c) { return y[c]; }, r);
    }
  }
}

void add_gradient_sums(const NormRows& rows, const Affine& a, float* sum, float* product) {
  run_widest([&](auto) RECONCILE_INLINED {
    for_each_row(rows, a, [&](auto value, int64_t r) RECONCILE_INLINED {
      const float *x = rows.x + r * rows.width, *gradient = rows.gradient + r * rows.width, *mean = a.mean;
#pragma omp simd
      for (int64_t c = 0; c < rows.width; ++c) {
        const float g = unclamped(gradient[c], value(c), a);
        sum[c] += g;
        product[c] += g * (x[c] - mean[c]);
      }
    });
  });
}

/// dx = scale * (g - mean_gradient - (x - mean) * slope); dbeside = g, if it is wanted.
void pull_rows(const NormRows& rows, const Affine& a, const float* mean_gradient, const float* slope, float* dx,
               float* dbeside) {
  run_widest([&](auto) RECONCILE_INLINED {
    for_each_row(rows, a, [&](auto value, int64_t r) RECONCILE_INLINED {
      const float *x = rows.x + r * rows.width, *gradient = rows.gradient + r * rows.width;
      const float *scale = a.scale, *mean = a.mean;
      float *to = dx + r * rows.width, *beside = dbeside == nullptr ? nullptr : dbeside + r * rows.width;
#pragma omp simd
      for (int64_t c = 0; c < rows.width; ++c) {
        const float g = unclamped(gradient[c], value(c), a);
        to[c] = scale[c] * (g - mean_gradient[c] - (x[c] - mean[c]) * slope[c]);
        if (beside != nullptr) beside[c] = g;
      }
    });
  });
}

const float* data_or_null(const at::Tensor& t) { return t.defined() ? t.data_ptr<float>() : nullptr; }

/// Rows [begin, end) of all.
NormRows part_of(const NormRows& all, int64_t begin, int64_t end) {
  const auto at = [&](const float* p) { return p == nullptr ? nullptr : p + begin * all.width; };
  return {end - begin, all.width, at(all.x), at(all.beside), at(all.output), at(all.gradient)};
}

/// Two sums over the rows, column by column, as add(part, sum, sum) gives them: float64 [2, width].
template <class Add>
at::Tensor column_sums(const NormRows& all, Add add) {
  at::Tensor partial = at::zeros({(all.count + kRows - 1) / kRows, 2, all.width}, at::kFloat);
  for_chunks(all.count, kRows, [&](int64_t begin, int64_t end) {
    float* sums = partial.data_ptr<float>() + begin / kRows * 2 * all.width;
    add(part_of(all, begin, end), sums, sums + all.width);
  });
  return partial.sum(0, false, at::kDouble);
}

class FusedNorm final : public torch::autograd::Function<FusedNorm> {
 public:
  static Variable forward(AutogradContext* ctx, const Variable& x, const Variable& weight, const Variable& bias,
                          const c10::optional<Variable>& beside, const Clamp& clamp, const RunningStatistics& running,
                          double eps) {
    const at::Tensor in = positions(x);
    const at::Tensor with = beside ? positions(*beside) : at::Tensor();
    const NormRows all{in.numel() / in.size(3), in.size(3), in.data_ptr<float>(), data_or_null(with)};
    const at::Tensor pivot = in.view({-1, all.width})[0];
    const at::Tensor sums = column_sums(all, [&](const NormRows& rows, float* sum, float* square) {
      add_moments(rows, pivot.data_ptr<float>(), sum, square);
    });
    const auto count = static_cast<double>(all.count);
    const at::Tensor offset = sums[0] / count;
    const at::Tensor variance = (sums[1] / count - offset.square()).clamp_min_(0.0);
    const at::Tensor mean = pivot + offset;
    if (running.mean.defined()) {
      at::Tensor(running.mean).lerp_(mean.to(at::kFloat), running.momentum);
      at::Tensor(running.variance).lerp_((variance * (count / (count - 1))).to(at::kFloat), running.momentum);
    }
    const at::Tensor inverse = (variance + eps).rsqrt();
    const at::Tensor scale = (weight * inverse).to(at::kFloat);
    const at::Tensor shift = (bias - mean * weight * inverse).to(at::kFloat);
    at::Tensor y = at::empty_like(in);
    const Affine affine{scale.data_ptr<float>(), shift.data_ptr<float>(), nullptr, static_cast<float>(clamp.low),
                        static_cast<float>(clamp.high)};
    for_chunks(all.count, kRows, [&](int64_t begin, int64_t end) {
      normalise_rows(part_of(all, begin, end), affine, y.data_ptr<float>() + begin * all.width);
    });
    at::Tensor output = from_positions(y);
    ctx->save_for_backward({in, scale, shift, mean.to(at::kFloat), inverse.to(at::kFloat), beside ? y : at::Tensor()});
    ctx->saved_data["low"] = clamp.low;
    ctx->saved_data["high"] = clamp.high;
    return output;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& gradients) {
    const variable_list saved = ctx->get_saved_variables();
    const at::Tensor& in = saved[0];
    const at::Tensor dy = positions(gradients[0]).contiguous();
    const NormRows all{in.numel() / in.size(3), in.size(3),          in.data_ptr<float>(), nullptr,
                       data_or_null(saved[5]),  dy.data_ptr<float>()};
    const Affine affine{saved[1].data_ptr<float>(), saved[2].data_ptr<float>(), saved[3].data_ptr<float>(),
                        static_cast<float>(ctx->saved_data["low"].toDouble()),
                        static_cast<float>(ctx->saved_data["high"].toDouble())};
    const at::Tensor sums = column_sums(
        all, [&](const NormRows& rows, float* sum, float* product) { add_gradient_sums(rows, affine, sum, product); });
    const at::Tensor& inverse = saved[4];
    const auto count = static_cast<double>(all.count);
    const at::Tensor mean_gradient = (sums[0] / count).to(at::kFloat);
    const at::Tensor slope = (sums[1] / count * inverse.square()).to(at::kFloat);
    const at::Tensor dx = at::empty_like(in);
    const at::Tensor dbeside = saved[5].defined() ? at::empty_like(in) : at::Tensor();
    float* to = dx.data_ptr<float>();
    float* beside = dbeside.defined() ? dbeside.data_ptr<float>() : nullptr;
    for_chunks(all.count, kRows, [&](int64_t begin, int64_t end) {
      const int64_t first = begin * all.width;
      pull_rows(part_of(all, begin, end), affine, mean_gradient.data_ptr<float>(), slope.data_ptr<float>(), to + first,
                beside == nullptr ? nullptr : beside + first);
    });
    return {from_positions(dx),
            (sums[1] * inverse).to(at::kFloat),
            sums[0].to(at::kFloat),
            dbeside.defined() ? from_positions(dbeside) : at::Tensor(),
            {},
            {},
            {}};
  }
};

}  // namespace

at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& beside,
                      const Clamp& clamp, const RunningStatistics& running, double eps) {
  const auto with = beside.defined() ? c10::make_optional(to_position_major(beside)) : c10::nullopt;
  return FusedNorm::apply(to_position_major(x), weight, bias, with, clamp, running, eps);
}

}  // namespace reconcile
