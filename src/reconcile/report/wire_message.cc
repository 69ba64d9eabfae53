#include "reconcile/report/wire_message.h"

namespace reconcile::report {

void WireMessage::key(int field, Kind kind) { varint(static_cast<uint64_t>(field) << 3 | kind); }

void WireMessage::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

WireMessage& WireMessage::whole(int field, uint64_t value) {
  key(field, kVarint);
  varint(value);
  return *this;
}

WireMessage& WireMessage::real(int field, double value) {
  key(field, k64Bits);
  bytes_ += little_endian(value);
  return *this;
}

WireMessage& WireMessage::real32(int field, float value) {
  key(field, k32Bits);
  bytes_ += little_endian(value);
  return *this;
}

WireMessage& WireMessage::text(int field, std::string_view bytes) {
  key(field, kBytes);
  varint(bytes.size());
  bytes_ += bytes;
  return *this;
}

WireMessage& WireMessage::reals(int field, const std::vector<double>& values) {
  std::string packed;
  for (const double value : values) packed += little_endian(value);
  return text(field, packed);
}

}  // namespace reconcile::report
