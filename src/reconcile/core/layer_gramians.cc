#include "reconcile/core/layer_gramians.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/core/chunks.h"

// One copy of each loop for each vector width; the loader picks what the machine has.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define RECONCILE_ALL_WIDTHS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RECONCILE_ALL_WIDTHS
#endif

namespace reconcile {
namespace {

constexpr int64_t kChunk = 2048;

/// Columns [begin, end) of one layer.
struct Chunk {
  int64_t layer, begin, end;
};

RECONCILE_ALL_WIDTHS double dot(const float* a, const float* b, int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

RECONCILE_ALL_WIDTHS double dot(const double* a, const double* b, int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// out += w * a, or out = w * a when `first`.
RECONCILE_ALL_WIDTHS void add_scaled(float* out, const float* a, float w, bool first, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) out[i] = (first ? 0.0F : out[i]) + w * a[i];
}

RECONCILE_ALL_WIDTHS void add_scaled(double* out, const double* a, double w, bool first, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) out[i] = (first ? 0.0 : out[i]) + w * a[i];
}

template <class Scalar>
at::Tensor fused_gramians(const at::Tensor& rows, const ParamLayout& layout) {
  const int64_t T = rows.size(0);
  const int64_t stride = rows.stride(0);
  const Scalar* data = rows.data_ptr<Scalar>();
  std::vector<Chunk> chunks;
  for (int64_t l = 0; l < layout.num_layers(); ++l) {
    const auto& layer = layout.layers()[l];
    for (int64_t begin = layer.begin; begin < layer.end; begin += kChunk) {
      chunks.push_back({l, begin, std::min(begin + kChunk, layer.end)});
    }
  }
  const auto num_chunks = static_cast<int64_t>(chunks.size());
  at::Tensor partial = at::empty({num_chunks, T, T}, at::kDouble);
  double* sums = partial.data_ptr<double>();
  at::parallel_for(0, num_chunks, 8, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) {
      const auto [layer, begin, end] = chunks[c];
      for (int64_t i = 0; i < T; ++i) {
        for (int64_t j = 0; j <= i; ++j) {
          const double product = dot(data + i * stride + begin, data + j * stride + begin, end - begin);
          sums[(c * T + i) * T + j] = sums[(c * T + j) * T + i] = product;
        }
      }
    }
  });
  at::Tensor result = at::zeros({layout.num_layers(), T, T}, at::kDouble);
  double* total = result.data_ptr<double>();
  for (int64_t c = 0; c < num_chunks; ++c) {
    double* gramian = total + chunks[c].layer * T * T;
    for (int64_t k = 0; k < T * T; ++k) gramian[k] += sums[c * T * T + k];
  }
  return result;
}

template <class Scalar>
at::Tensor fused_cross(const at::Tensor& a, const at::Tensor& b) {
  const int64_t T = a.size(0);
  const int64_t P = a.size(1);
  at::Tensor partial = at::empty({(P + kChunk - 1) / kChunk, T, T}, at::kDouble);
  for_chunks(P, kChunk, [&](int64_t begin, int64_t end) {
    double* sums = partial.data_ptr<double>() + begin / kChunk * T * T;
    for (int64_t i = 0; i < T; ++i) {
      const Scalar* row = a.data_ptr<Scalar>() + i * a.stride(0) + begin;
      for (int64_t j = 0; j < T; ++j) {
        *sums++ = dot(row, b.data_ptr<Scalar>() + j * b.stride(0) + begin, end - begin);
      }
    }
  });
  at::Tensor total = at::zeros({T, T}, at::kDouble);
  for (int64_t c = 0; c < partial.size(0); ++c) total += partial[c];
  return total;
}

template <class Scalar>
void fused_combine(const at::Tensor& rows, const std::vector<double>& weights, at::Tensor& out) {
  const int64_t T = rows.size(0);
  const int64_t stride = rows.stride(0);
  const Scalar* data = rows.data_ptr<Scalar>();
  Scalar* result = out.data_ptr<Scalar>();
  at::parallel_for(0, (out.numel() + kChunk - 1) / kChunk, 8, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) {
      const int64_t begin = c * kChunk;
      const int64_t count = std::min(kChunk, out.numel() - begin);
      for (int64_t t = 0; t < T; ++t) {
        add_scaled(result + begin, data + t * stride + begin, static_cast<Scalar>(weights[t]), t == 0, count);
      }
    }
  });
}

bool is_plain(const at::Tensor& t) { return t.device().is_cpu() && t.stride(-1) == 1; }

}  // namespace

at::Tensor compute_layer_gramians(const at::Tensor& rows, const ParamLayout& layout) {
  const at::NoGradGuard no_grad;
  if (is_plain(rows)) {
    return rows.scalar_type() == at::kDouble ? fused_gramians<double>(rows, layout)
                                             : fused_gramians<float>(rows, layout);
  }
  std::vector<at::Tensor> gramians;
  for (const auto& layer : layout.layers()) {
    const at::Tensor block = rows.slice(1, layer.begin, layer.end).to(at::kDouble);
    gramians.push_back(block.mm(block.t()));
  }
  return at::stack(gramians).cpu();
}

at::Tensor compute_cross_gramian(const at::Tensor& a, const at::Tensor& b) {
  const at::NoGradGuard no_grad;
  if (a.sizes() != b.sizes() || a.scalar_type() != b.scalar_type()) {
    fail<InvalidArgument>("cross Gramian: {} rows of shape {} and {} rows of shape {}. Give both the same.",
                          c10::toString(a.scalar_type()), fmt::join(a.sizes(), " x "), c10::toString(b.scalar_type()),
                          fmt::join(b.sizes(), " x "));
  }
  if (is_plain(a) && is_plain(b)) {
    return a.scalar_type() == at::kDouble ? fused_cross<double>(a, b) : fused_cross<float>(a, b);
  }
  at::Tensor total = at::zeros({a.size(0), b.size(0)}, a.options().dtype(at::kDouble));
  constexpr int64_t kPiece = 1 << 20;  // so that no [T, P] in double is made
  for (int64_t begin = 0; begin < a.size(1); begin += kPiece) {
    const int64_t end = std::min(begin + kPiece, a.size(1));
    total += a.slice(1, begin, end).to(at::kDouble).mm(b.slice(1, begin, end).to(at::kDouble).t());
  }
  return total.cpu();
}

void combine_rows(const at::Tensor& rows, const std::vector<double>& weights, at::Tensor& out) {
  const at::NoGradGuard no_grad;
  if (is_plain(rows) && is_plain(out)) {
    rows.scalar_type() == at::kDouble ? fused_combine<double>(rows, weights, out)
                                      : fused_combine<float>(rows, weights, out);
    return;
  }
  at::mv_out(out, rows.t(), at::tensor(weights, rows.options()));
}

}  // namespace reconcile
