#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>

namespace reconcile::test {

// Pieces of MATLAB 5 files, by the letter of the format.
inline std::string mat_word(uint32_t value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }
inline std::string mat_element(uint32_t type, const std::string& data) {
  return mat_word(type) + mat_word(static_cast<uint32_t>(data.size())) + data +
         std::string((8 - data.size() % 8) % 8, '\0');
}
/// Up to four bytes stand inside the tag.
inline std::string mat_small(uint32_t type, const std::string& data) {
  return mat_word(static_cast<uint32_t>(data.size()) << 16 | type) + data + std::string(4 - data.size(), '\0');
}
/// An array of a class: flags, dimensions, name, then `contents`.
inline std::string mat_array(uint32_t kind, const std::string& dimensions, const std::string& name,
                             const std::string& contents) {
  return mat_element(
      14, mat_element(6, mat_word(kind) + mat_word(0)) + mat_element(5, dimensions) + mat_element(1, name) + contents);
}
inline std::string mat_size(uint32_t rows, uint32_t columns) { return mat_word(rows) + mat_word(columns); }
/// An array of float64 (class 6) stored as bytes.
inline std::string mat_bytes(uint32_t rows, uint32_t columns, const std::string& name, const std::string& data) {
  return mat_array(6, mat_size(rows, columns), name, mat_element(2, data));
}
inline std::string mat_packed(const std::string& element) {
  std::string packed(compressBound(element.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(element.data()),
           element.size());
  packed.resize(size);
  return mat_word(15) + mat_word(static_cast<uint32_t>(packed.size())) + packed;
}
inline std::string mat_file(const std::string& elements, const std::string& version = std::string("\x00\x01IM", 4)) {
  return std::string("MATLAB 5.0 MAT-file") + std::string(97, ' ') + std::string(8, '\0') + version + elements;
}
/// The struct s with the fields a = [1 2] and b = {'x'}.
inline std::string mat_struct() {
  const std::string text = mat_array(4, mat_size(1, 1), "", mat_element(16, "x"));
  return mat_array(2, mat_size(1, 1), "s",
                   mat_small(5, mat_word(4)) + mat_element(1, std::string("a\0\0\0b\0\0\0", 8)) +
                       mat_bytes(1, 2, "", "\x01\x02") + mat_array(1, mat_size(1, 1), "", text));
}

}  // namespace reconcile::test
