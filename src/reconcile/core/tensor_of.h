#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string_view>

namespace reconcile {

/// The numbers that `bytes` hold, row by row, as a tensor on the CPU: a view that keeps `owner` alive where there is an
/// owner and the bytes are aligned for the type, else a copy. Their number must be that of `shape` and `type`; who
/// writes to a view writes to the owner's bytes. Booleans must be bytes 0 and 1.
at::Tensor tensor_of(std::string_view bytes, at::IntArrayRef shape, at::ScalarType type,
                     const std::shared_ptr<const void>& owner = nullptr);

}  // namespace reconcile
