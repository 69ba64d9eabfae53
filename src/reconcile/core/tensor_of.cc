#include "reconcile/core/tensor_of.h"

#include <ATen/ATen.h>

#include <cstring>

namespace reconcile {

at::Tensor tensor_of(std::string_view bytes, at::IntArrayRef shape, at::ScalarType type,
                     const std::shared_ptr<const void>& owner) {
  const bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % at::elementSize(type) == 0;
  if (owner != nullptr && aligned && !bytes.empty()) {
    return at::from_blob(
        const_cast<char*>(bytes.data()), shape, [owner](void*) {}, at::TensorOptions(type));
  }
  at::Tensor copy = at::empty(shape, type);
  if (!bytes.empty()) std::memcpy(copy.data_ptr(), bytes.data(), bytes.size());
  return copy;
}

}  // namespace reconcile
