#include "reconcile/report/event_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>

#include "reconcile/report/wire_message.h"

namespace reconcile::report {
namespace {

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82F63B78U : 0U);
    table[byte] = value;
  }
  return table;
}

constexpr auto kCrcTable = make_crc_table();

/// Checksums are stored so that one of bytes that contain checksums is no trivial number.
uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xA282EAD8U; }

std::filesystem::path free_path(const std::filesystem::path& directory, double seconds) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  for (int n = 0;; ++n) {
    auto path = directory / fmt::format("events.out.tfevents.{:010}.{}.{}.{}", static_cast<int64_t>(seconds),
                                        host.data(), ::getpid(), n);
    if (!std::filesystem::exists(path)) return path;
  }
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t value = 0xFFFFFFFFU;
  for (const char c : bytes) value = value >> 8 ^ kCrcTable[(value ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~value;
}

std::string event_record(std::string_view payload) {
  const std::string length = little_endian(static_cast<uint64_t>(payload.size()));
  return fmt::format("{}{}{}{}", length, little_endian(masked_crc(length)), payload,
                     little_endian(masked_crc(payload)));
}

EventFile::EventFile(const std::filesystem::path& directory, double seconds) : log_(free_path(directory, seconds), 0) {}

}  // namespace reconcile::report
