#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reconcile {

/// Tensors with their names, in file order.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// The safetensors encoding: header length, JSON header, little-endian data; its `__metadata__` holds "crc32", that of
/// the other entries (compact JSON) and the data. InvalidArgument for types of numbers that
/// the format has not, and for two tensors of one name.
std::string encode_safetensors(const NamedTensors& tensors);

/// Tensors on the CPU that own their data, or views of `bytes` that keep `owner` alive, as tensor_of says. DataError
/// naming `path` if header, sizes or offsets do not fit together: the tensors must cover the data without gap or
/// overlap, no name may come twice, and a "crc32" in `__metadata__` must be that of the file.
NamedTensors decode_safetensors(std::string_view bytes, const std::filesystem::path& path,
                                const std::shared_ptr<const void>& owner = nullptr);

/// What a header calls a type. InvalidArgument if the format has not got it.
std::string safetensors_type(at::ScalarType type);

/// Copies `stored` into the tensors of `own`. StateError naming `what` and the first tensor whose name or shape
/// differs.
void copy_tensors(const NamedTensors& stored, const NamedTensors& own, const std::string& what);

}  // namespace reconcile
