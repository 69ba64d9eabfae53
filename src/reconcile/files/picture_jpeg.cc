#include <ATen/ATen.h>
#include <turbojpeg.h>

#include "reconcile/base/error.h"
#include "reconcile/files/picture.h"

namespace reconcile {
namespace {

constexpr int64_t kMaxJpegPixels = int64_t{1} << 28;
constexpr int64_t kJpegPixelsPerByte = 512;  // a block of 8 x 8 pixels takes at least one bit

using JpegCodec = std::unique_ptr<void, int (*)(tjhandle)>;

[[noreturn]] void damaged_jpeg(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: not a readable JPEG file: {}. Save it again.", path.string(), what);
}

struct JpegHeader {
  int width = 0;
  int height = 0;
  int channels = 0;
};

JpegHeader read_jpeg_header(tjhandle decoder, std::string_view bytes, const std::filesystem::path& path) {
  JpegHeader header;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), &header.width,
                          &header.height, &sampling, &colours) != 0) {
    damaged_jpeg(path, tjGetErrorStr2(decoder));
  }
  if (header.width < 1 || header.height < 1) damaged_jpeg(path, "it ends inside its header");
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) damaged_jpeg(path, "its colours are CMYK, gray and RGB are read");
  const int64_t most = std::min(kMaxJpegPixels, kJpegPixelsPerByte * std::ssize(bytes));
  if (int64_t{header.width} * header.height > most) {
    damaged_jpeg(path, fmt::format("it announces {} x {} pixels, at most {} are read from {} bytes", header.width,
                                   header.height, most, bytes.size()));
  }
  header.channels = colours == TJCS_GRAY ? 1 : 3;
  return header;
}

/// Some cameras leave bytes between the parts, which harms no pixel.
bool is_harmless(tjhandle decoder) {
  return tjGetErrorCode(decoder) == TJERR_WARNING &&
         std::string_view(tjGetErrorStr2(decoder)).find("extraneous bytes") != std::string_view::npos;
}

}  // namespace

bool internal::is_jpeg(std::string_view bytes) { return bytes.starts_with("\xff\xd8\xff"); }

at::Tensor internal::decode_jpeg(std::string_view bytes, const std::filesystem::path& path) {
  const JpegCodec decoder(tjInitDecompress(), &tjDestroy);
  const auto [width, height, channels] = read_jpeg_header(decoder.get(), bytes, path);
  at::Tensor pixels = at::empty({height, width, channels}, at::kByte);
  const int format = channels == 1 ? TJPF_GRAY : TJPF_RGB;
  if (tjDecompress2(decoder.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    pixels.data_ptr<uint8_t>(), width, /*pitch=*/0, height, format,
                    TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) != 0 &&
      !is_harmless(decoder.get())) {
    damaged_jpeg(path, tjGetErrorStr2(decoder.get()));
  }
  return pixels.permute({2, 0, 1}).contiguous();
}

std::string encode_jpeg(const at::Tensor& picture, int quality) {
  internal::check_writable(picture, "jpeg");
  if (quality < 1 || quality > 100) fail<InvalidArgument>("jpeg: quality = {}, must lie in 1..100.", quality);
  const at::Tensor pixels = picture.permute({1, 2, 0}).contiguous();
  const JpegCodec encoder(tjInitCompress(), &tjDestroy);
  const bool is_gray = pixels.size(2) == 1;
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const int failed = tjCompress2(encoder.get(), pixels.data_ptr<uint8_t>(), static_cast<int>(pixels.size(1)), 0,
                                 static_cast<int>(pixels.size(0)), is_gray ? TJPF_GRAY : TJPF_RGB, &data, &size,
                                 is_gray ? TJSAMP_GRAY : TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(data, &tjFree);
  if (failed != 0) fail<InvalidArgument>("jpeg: {}.", tjGetErrorStr2(encoder.get()));
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace reconcile
