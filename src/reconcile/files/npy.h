#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

namespace reconcile {

/// Whether the bytes begin like a NumPy file.
bool is_npy(const std::string& bytes);

/// The array of a NumPy file (versions 1 to 3, little-endian float32, float64, int32, int64 or uint8, C or Fortran
/// order) as a tensor on the CPU that owns its data. DataError naming `path` if type, shape and length do not fit.
at::Tensor decode_npy(const std::string& bytes, const std::filesystem::path& path);

/// A NumPy file (version 1, C order) with a float32, float64, int32, int64 or uint8 tensor. InvalidArgument for another
/// type.
std::string encode_npy(const at::Tensor& array);

}  // namespace reconcile
