#include "reconcile/kernels/precision.h"

#include <ATen/ATen.h>

#include <bit>

#include "reconcile/base/error.h"
#include "reconcile/core/chunks.h"
#include "reconcile/core/vector_width.h"

namespace reconcile {
namespace {

/// To the nearest bfloat16, ties to even; what is not finite stays so.
inline uint16_t rounded(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t nearest = bits + 0x7FFF + ((bits >> 16) & 1);
  return static_cast<uint16_t>((value != value ? bits | 0x400000 : nearest) >> 16);
}

inline float widened(uint16_t value) { return std::bit_cast<float>(static_cast<uint32_t>(value) << 16); }

void round_all(const float* x, uint16_t* high, int64_t n) {
  run_widest([=](auto) RECONCILE_INLINED {
    for (int64_t i = 0; i < n; ++i) high[i] = rounded(x[i]);
  });
}

void cut_all(const float* x, uint16_t* high, uint16_t* low, int64_t n) {
  run_widest([=](auto) RECONCILE_INLINED {
    for (int64_t i = 0; i < n; ++i) {
      high[i] = rounded(x[i]);
      low[i] = rounded(x[i] - widened(high[i]));
    }
  });
}

uint16_t* bits_of(const at::Tensor& tensor) { return reinterpret_cast<uint16_t*>(tensor.data_ptr<at::BFloat16>()); }

}  // namespace

Precision parse_precision(const std::string& name) {
  for (const Precision p : {Precision::kFloat32, Precision::kBfloat16x3, Precision::kBfloat16}) {
    if (precision_name(p) == name) return p;
  }
  fail<InvalidArgument>("precision \"{}\" is not known. Use float32, bfloat16x3 or bfloat16.", name);
}

std::string precision_name(Precision precision) {
  if (precision == Precision::kFloat32) return "float32";
  return precision == Precision::kBfloat16x3 ? "bfloat16x3" : "bfloat16";
}

Factor factor_of(const at::Tensor& x, Precision precision) {
  if (precision == Precision::kFloat32) return {x, {}};
  const auto make = [&] { return at::empty_like(x, x.options().dtype(at::kBFloat16)); };
  Factor factor{make(), precision == Precision::kBfloat16x3 ? make() : at::Tensor()};
  const float* values = x.data_ptr<float>();
  uint16_t* high = bits_of(factor.high);
  uint16_t* low = factor.low.defined() ? bits_of(factor.low) : nullptr;
  for_chunks(x.numel(), 1 << 14, [&](int64_t begin, int64_t end) {
    if (low == nullptr) {
      round_all(values + begin, high + begin, end - begin);
    } else {
      cut_all(values + begin, high + begin, low + begin, end - begin);
    }
  });
  return factor;
}

}  // namespace reconcile
