#pragma once

#include <ATen/ATen.h>

#include <string>

#include "fuzz/targets.h"
#include "reconcile/core/safetensors.h"

namespace reconcile::fuzz {

using Path = std::filesystem::path;

/// The `wrap` of a format without checksums.
inline std::string as_it_is(const std::string& bytes, Rng& /*rng*/) { return bytes; }

/// Reads every number, so that a view beyond its bytes is found out.
inline void look_at(const at::Tensor& tensor) {
  if (tensor.numel() > 1 << 22) return;
  (void)tensor.contiguous().view({-1}).to(at::kDouble).sum().item<double>();
}

inline void look_at(const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) look_at(tensor);
}

/// 0, 1, 2 ... of that shape.
inline at::Tensor ramp(at::IntArrayRef shape) { return at::arange(c10::multiply_integers(shape)).view(shape); }

}  // namespace reconcile::fuzz
