#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reconcile::report {

/// A message in protobuf's wire format, field by field: each begins with its number and how long it is, and who reads
/// it must know what the numbers mean.
class WireMessage {
 public:
  /// A whole number, truth value or enumeration, >= 0.
  WireMessage& whole(int field, uint64_t value);
  WireMessage& real(int field, double value);
  WireMessage& real32(int field, float value);
  /// Text, raw bytes or a message.
  WireMessage& text(int field, std::string_view bytes);
  WireMessage& message(int field, const WireMessage& inner) { return text(field, inner.bytes()); }
  /// A packed list of doubles.
  WireMessage& reals(int field, const std::vector<double>& values);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  enum Kind : uint64_t { kVarint = 0, k64Bits = 1, kBytes = 2, k32Bits = 5 };
  void key(int field, Kind kind);
  void varint(uint64_t value);

  std::string bytes_;
};

/// The number's bytes, least significant first, as they stand in the files.
template <class Number>
std::string little_endian(Number value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};  // so do all machines that LibTorch runs on
}

}  // namespace reconcile::report
