#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>

namespace reconcile::test {

inline std::string big_endian(uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

/// A chunk of a PNG file, with its checksum.
inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<uint32_t>(data.size())) + body + big_endian(static_cast<uint32_t>(crc));
}

/// A PNG file by the letter of its specification; every row begins with its filter, 0.
inline std::string png(uint32_t width, uint32_t height, char depth, char colour, const std::string& rows,
                       const std::string& more = "") {
  std::string packed(compressBound(rows.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  packed.resize(size);
  const std::string header = big_endian(width) + big_endian(height) + depth + colour + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + more + png_chunk("IDAT", packed) + png_chunk("IEND", "");
}

}  // namespace reconcile::test
