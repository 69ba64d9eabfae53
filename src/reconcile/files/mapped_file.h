#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "reconcile/core/safetensors.h"

namespace reconcile {

/// A file whose bytes are read from disk when they are looked at. Who writes to them changes memory of his own, not the
/// file. The file must not be cut while it is mapped.
class MappedFile {
 public:
  /// DataError with the system's reason if it cannot be opened.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

/// As above, to be shared by all who look at it.
std::shared_ptr<const MappedFile> map_file(const std::filesystem::path& path);

/// The tensors of a safetensors file, without a copy: they keep the mapping alive. DataError as decode_safetensors.
NamedTensors map_safetensors(const std::filesystem::path& path);

}  // namespace reconcile
