#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "reconcile/files/mapped_file.h"

namespace reconcile {

/// Whether the bytes begin like a NumPy file.
bool is_npy(std::string_view bytes);

/// The array of a NumPy file (versions 1 to 3, either byte order, C or Fortran order; numbers of the types float16,
/// float32, float64, int8 to int64, uint8 to uint32 and bool) as a tensor on the CPU; uint16 becomes int32, uint32
/// int64. The file is mapped, not copied, where byte order and type allow it: the tensor keeps the mapping alive, and
/// has the strides of the file's order. DataError naming `path` if type, shape and length do not fit.
at::Tensor read_npy(const std::filesystem::path& path);

/// The same of a mapped file, which the tensor keeps alive.
at::Tensor read_npy(const std::shared_ptr<const MappedFile>& file, const std::filesystem::path& path);

/// The same of bytes in memory; the tensor owns its data and is contiguous.
at::Tensor decode_npy(std::string_view bytes, const std::filesystem::path& path);

/// A NumPy file (version 1, C order) with a tensor of any type that read_npy gives. InvalidArgument for another type.
std::string encode_npy(const at::Tensor& array);

}  // namespace reconcile
