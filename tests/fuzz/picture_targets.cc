#include <cstring>

#include "fuzz/look.h"
#include "reconcile/base/error.h"
#include "reconcile/files/picture.h"
#include "unit/files/png_file.h"

namespace reconcile::fuzz {
namespace {

/// Renews the checksums of all chunks whose length lies inside the file.
std::string renew_checksums(std::string bytes) {
  for (size_t at = 8; at + 12 <= bytes.size();) {
    uint32_t size = 0;
    std::memcpy(&size, bytes.data() + at, sizeof size);
    size = __builtin_bswap32(size);
    if (size > bytes.size() - at - 12) break;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(bytes.data() + at + 4), size + 4);
    bytes.replace(at + 8 + size, 4, test::big_endian(static_cast<uint32_t>(sum)));
    at += 12 + size;
  }
  return bytes;
}

Target png_target() {
  const auto read = [](const std::string& bytes, const Path& path) {
    try {
      look_at(decode_label_picture(bytes, path));
    } catch (const DataError&) {  // colours, if nothing else
    }
    look_at(decode_picture(bytes, path));
  };
  Target target{"png", {}, {}, read};
  target.wrap = [](const std::string& bytes, Rng& rng) { return rng.below(4) == 0 ? bytes : renew_checksums(bytes); };
  const std::string palette = test::png_chunk("PLTE", "abcdefghi") + test::png_chunk("tRNS", "x");
  target.seeds = {encode_png(ramp({3, 9, 11}).to(at::kByte)), encode_png(ramp({7, 5}).to(at::kInt) * 1800),
                  test::png(9, 2, 2, 3, std::string("\0\x1b\x1b\x40\0\x1b\x1b\x40", 8), palette),
                  test::png(3, 1, 8, 4, std::string("\0abcdef", 7)),
                  test::png(4, 2, 8, 6, std::string("\1abcdefghijklmnop\2abcdefghijklmnop", 34))};
  std::string interlaced = test::png(3, 3, 8, 0, std::string("\0a\0b\0cd\0e\0f\0ghi", 15));
  interlaced[28] = '\1';
  target.seeds.push_back(renew_checksums(interlaced));
  return target;
}

Target jpeg_target() {
  const at::Tensor picture = ramp({3, 40, 52}).remainder(251).to(at::kByte);
  return {"jpeg",
          {encode_jpeg(picture, 90), encode_jpeg(picture.slice(0, 0, 1), 30), encode_jpeg(picture, 5)},
          as_it_is,
          [](const std::string& bytes, const Path& path) { look_at(decode_picture(bytes, path)); }};
}

}  // namespace

std::vector<Target> picture_targets() { return {png_target(), jpeg_target()}; }

}  // namespace reconcile::fuzz
