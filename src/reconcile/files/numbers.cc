#include "reconcile/files/numbers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "reconcile/core/tensor_of.h"

namespace reconcile {
namespace {

using KindAndSize = std::pair<char, int64_t>;

/// The signed type of the same size, which the bytes are read as.
at::ScalarType signed_type(int64_t size) { return size == 2 ? at::kShort : at::kInt; }

bool is_wide_unsigned(NumberType type) { return type.kind == 'u' && type.size > 1; }

/// The bytes of each number in the other order.
at::Tensor swapped(std::string_view bytes, at::IntArrayRef shape, int64_t size, at::ScalarType type) {
  const int64_t count = std::ssize(bytes) / size;
  return tensor_of(bytes, {count, size}, at::kByte).flip(1).contiguous().view(type).reshape(shape);
}

}  // namespace

std::optional<at::ScalarType> tensor_type(NumberType type) {
  static const std::map<KindAndSize, at::ScalarType> types = {
      {{'f', 2}, at::kHalf},  {{'f', 4}, at::kFloat}, {{'f', 8}, at::kDouble}, {{'i', 1}, at::kChar},
      {{'i', 2}, at::kShort}, {{'i', 4}, at::kInt},   {{'i', 8}, at::kLong},   {{'u', 1}, at::kByte},
      {{'u', 2}, at::kInt},   {{'u', 4}, at::kLong},  {{'b', 1}, at::kBool}};
  const auto found = types.find({type.kind, type.size});
  return found == types.end() ? std::nullopt : std::optional(found->second);
}

at::Tensor read_numbers(std::string_view bytes, std::vector<int64_t> shape, NumberType type, bool fortran,
                        const std::shared_ptr<const void>& owner) {
  if (fortran) std::reverse(shape.begin(), shape.end());
  at::ScalarType stored = *tensor_type(type);
  if (type.kind == 'b') stored = at::kByte;
  if (is_wide_unsigned(type)) stored = signed_type(type.size);
  at::Tensor numbers = type.big_endian && type.size > 1 ? swapped(bytes, shape, type.size, stored)
                                                        : tensor_of(bytes, shape, stored, owner);
  if (type.kind == 'b') numbers = numbers.ne(0);
  if (is_wide_unsigned(type)) {
    numbers = numbers.to(*tensor_type(type)).bitwise_and_(type.size == 2 ? int64_t{0xFFFF} : int64_t{0xFFFFFFFF});
  }
  if (!fortran) return numbers;
  std::vector<int64_t> order(shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(order.size() - 1 - i);
  return numbers.permute(order);
}

}  // namespace reconcile
