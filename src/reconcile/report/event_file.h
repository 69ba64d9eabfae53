#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "reconcile/base/file.h"

namespace reconcile::report {

/// CRC-32C (Castagnoli) of the bytes.
uint32_t crc32c(std::string_view bytes);

/// The bytes as a record of an event file: length, checksum of the length, bytes, checksum of the bytes.
std::string event_record(std::string_view payload);

/// A file of TensorBoard's, which nobody has written to before: `events.out.tfevents.<seconds>.<host>.<process>.<n>`.
class EventFile {
 public:
  /// DataError if it cannot be created. `seconds` since 1970.
  EventFile(const std::filesystem::path& directory, double seconds);

  /// Appends records (`event_record`) in one write. DataError if the disk is full.
  void append(std::string_view records) { log_.append_bytes(records); }

 private:
  LineLog log_;
};

}  // namespace reconcile::report
