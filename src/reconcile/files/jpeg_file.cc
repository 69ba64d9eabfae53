#include "reconcile/files/jpeg_file.h"

#include <ATen/ATen.h>
#include <turbojpeg.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr int64_t kMaxPixels = int64_t{1} << 28;

[[noreturn]] void damaged_jpeg(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: not a readable JPEG file: {}. Save it again.", path.string(), what);
}

}  // namespace

bool is_jpeg(const std::string& bytes) { return bytes.starts_with("\xff\xd8\xff"); }

at::Tensor decode_jpeg(const std::string& bytes, const std::filesystem::path& path) {
  const std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), &tjDestroy);
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(decoder.get(), data, bytes.size(), &width, &height, &sampling, &colours) != 0) {
    damaged_jpeg(path, tjGetErrorStr2(decoder.get()));
  }
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) damaged_jpeg(path, "its colours are CMYK, gray and RGB are read");
  if (int64_t{width} * height > kMaxPixels) {
    damaged_jpeg(path, fmt::format("it announces {} x {} pixels, at most {} are read", width, height, kMaxPixels));
  }
  const int64_t channels = colours == TJCS_GRAY ? 1 : 3;
  at::Tensor pixels = at::empty({height, width, channels}, at::kByte);
  const int format = channels == 1 ? TJPF_GRAY : TJPF_RGB;
  if (tjDecompress2(decoder.get(), data, bytes.size(), pixels.data_ptr<uint8_t>(), width, /*pitch=*/0, height, format,
                    TJFLAG_ACCURATEDCT) != 0) {
    damaged_jpeg(path, tjGetErrorStr2(decoder.get()));
  }
  return pixels.permute({2, 0, 1}).contiguous();
}

}  // namespace reconcile
