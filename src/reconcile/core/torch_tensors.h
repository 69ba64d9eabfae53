#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "reconcile/core/pickle.h"
#include "reconcile/core/safetensors.h"

namespace reconcile {

/// How PyTorch names the storage of a type of number: "torch.FloatStorage".
struct TorchType {
  const char* storage;
  at::ScalarType type;
};
/// Float, Double, Half, BFloat16, Long, Int, Short, Char, Byte, Bool.
std::span<const TorchType> torch_types();

/// What to do about a file that holds more than tensors.
constexpr const char* kTorchAdvice = "In Python, save the tensors alone: torch.save(model.state_dict(), path).";

/// The globals that a pickle of tensors needs.
std::vector<std::string> torch_globals();

/// What a pickle says of the memory that tensors are views of.
struct TorchStorage {
  std::string key;
  at::ScalarType type = at::kFloat;
  int64_t numel = 0;  ///< numel * element size fits into 63 bits
  [[nodiscard]] int64_t bytes() const { return numel * static_cast<int64_t>(c10::elementSize(type)); }
};

/// The storage that a persistent id describes. DataError if it describes none.
TorchStorage parse_storage(const PickleValue& id, const std::filesystem::path& path);

/// Fills `out`, whose size is storage.bytes(), or throws.
using ReadStorage = std::function<void(const TorchStorage& storage, std::span<char> out)>;

/// The tensors of a dictionary and of those inside it, named by their keys joined with dots; what is no tensor is left
/// out. Tensors that shared memory still do, with the same strides. `file_bytes` limits the memory of all storages.
/// DataError if `root` is no dictionary, nesting is deeper than 64, or sizes and storages do not fit together.
NamedTensors collect_tensors(const PickleValue& root, size_t file_bytes, const std::filesystem::path& path,
                             const ReadStorage& read);

}  // namespace reconcile
