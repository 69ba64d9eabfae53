#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace reconcile {

/// How a file stores numbers: `kind` is 'f', 'i', 'u' or 'b' (yes or no), `size` their bytes.
struct NumberType {
  char kind = 'f';
  int64_t size = 4;
  bool big_endian = false;
};

/// The tensor type that holds such numbers: the same where there is one, int32 and int64 for unsigned numbers of two
/// and four bytes. Nothing for unsigned numbers of eight bytes and for what is no type.
std::optional<at::ScalarType> tensor_type(NumberType type);

/// Numbers as a tensor of `shape`, which the bytes must fill. In Fortran order the first index runs fastest. A view
/// that keeps `owner` alive where there is one and the bytes allow it, else a copy.
at::Tensor read_numbers(std::string_view bytes, std::vector<int64_t> shape, NumberType type, bool fortran,
                        const std::shared_ptr<const void>& owner = nullptr);

}  // namespace reconcile
