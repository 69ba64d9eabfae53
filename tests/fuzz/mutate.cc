#include "fuzz/mutate.h"

#include <algorithm>
#include <cstdint>

namespace reconcile::fuzz {
namespace {

size_t place(const std::string& bytes, Rng& rng) { return static_cast<size_t>(rng.below(std::ssize(bytes))); }

void flip_bits(std::string& bytes, Rng& rng) {
  for (int64_t i = rng.below(4); i >= 0; --i) {
    char& byte = bytes[place(bytes, rng)];
    byte = static_cast<char>(byte ^ (1 << rng.below(8)));
  }
}

void overwrite_byte(std::string& bytes, Rng& rng) { bytes[place(bytes, rng)] = static_cast<char>(rng.below(256)); }

/// A number of one to eight bytes, as sizes and counts are stored.
void set_extreme(std::string& bytes, Rng& rng) {
  const int64_t extremes[] = {0,
                              1,
                              -1,
                              INT8_MAX,
                              INT16_MAX,
                              INT32_MAX,
                              INT64_MAX,
                              INT16_MIN,
                              INT32_MIN,
                              INT64_MIN,
                              1 << 16,
                              int64_t{1} << 32,
                              std::ssize(bytes),
                              std::ssize(bytes) + 1,
                              rng.below(1 << 20)};
  auto value = static_cast<uint64_t>(extremes[rng.below(std::ssize(extremes))]);
  const size_t width = size_t{1} << rng.below(4);
  if (rng.below(2) == 0) value = __builtin_bswap64(value) >> (64 - 8 * width);
  const size_t begin = place(bytes, rng);
  for (size_t k = 0; k < width && begin + k < bytes.size(); ++k) bytes[begin + k] = static_cast<char>(value >> 8 * k);
}

void cut(std::string& bytes, Rng& rng) { bytes.resize(place(bytes, rng)); }

void erase(std::string& bytes, Rng& rng) {
  const size_t begin = place(bytes, rng);
  bytes.erase(begin, static_cast<size_t>(1 + rng.below(std::min<int64_t>(64, std::ssize(bytes)))));
}

void repeat(std::string& bytes, Rng& rng) {
  const size_t begin = place(bytes, rng);
  const std::string piece = bytes.substr(begin, static_cast<size_t>(1 + rng.below(64)));
  bytes.insert(place(bytes, rng), piece);
}

void splice(std::string& bytes, const std::string& other, Rng& rng) {
  if (other.empty()) return;
  const std::string piece = other.substr(place(other, rng), static_cast<size_t>(1 + rng.below(256)));
  const size_t at = place(bytes, rng);
  rng.below(2) == 0 ? bytes.insert(at, piece) : bytes.replace(at, std::min(piece.size(), bytes.size() - at), piece);
}

}  // namespace

std::string mutate(const std::string& seed, const std::string& other, Rng& rng) {
  std::string bytes = seed;
  for (int64_t i = rng.below(4); i >= 0 && !bytes.empty(); --i) {
    switch (rng.below(8)) {
      case 0:
      case 1:
        flip_bits(bytes, rng);
        break;
      case 2:
        overwrite_byte(bytes, rng);
        break;
      case 3:
      case 4:
        set_extreme(bytes, rng);
        break;
      case 5:
        rng.below(4) == 0 ? cut(bytes, rng) : erase(bytes, rng);
        break;
      case 6:
        repeat(bytes, rng);
        break;
      default:
        splice(bytes, other, rng);
    }
  }
  bytes.resize(std::min(bytes.size(), 4 * seed.size() + 64));
  return bytes;
}

}  // namespace reconcile::fuzz
