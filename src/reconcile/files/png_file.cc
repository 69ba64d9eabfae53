#include "reconcile/files/png_file.h"

#include <ATen/ATen.h>
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// libpng on bytes in memory. Its errors jump; between setjmp and the jump lies no object with a destructor.
class PngReader {
 public:
  explicit PngReader(std::string_view bytes)
      : rest_(bytes), png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &on_error, &on_warning)) {
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  /// Reads up to the pixels and asks for 8 bits, gray or RGB. False if there is an error.
  bool read_header() {
    if (info_ == nullptr || setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, this, &on_read);
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  bool read_pixels(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  [[nodiscard]] int64_t height() const { return png_get_image_height(png_, info_); }
  [[nodiscard]] int64_t width() const { return png_get_image_width(png_, info_); }
  [[nodiscard]] int64_t channels() const { return png_get_channels(png_, info_); }
  [[nodiscard]] const char* error() const { return error_; }

 private:
  static void on_read(png_structp png, png_bytep target, size_t size) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (size > reader.rest_.size()) png_error(png, "the file ends early");
    std::memcpy(target, reader.rest_.data(), size);
    reader.rest_.remove_prefix(size);
  }
  static void on_error(png_structp png, png_const_charp message) {
    auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(reader.error_, message, sizeof(reader.error_) - 1);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}

  std::string_view rest_;
  char error_[128] = "out of memory";
  png_structp png_;
  png_infop info_ = nullptr;
};

[[noreturn]] void damaged_png(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: not a readable PNG file: {}. Save it again.", path.string(), what);
}

}  // namespace

bool is_png(const std::string& bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }

at::Tensor decode_png(const std::string& bytes, const std::filesystem::path& path) {
  PngReader reader(bytes);
  if (!reader.read_header()) damaged_png(path, reader.error());
  const int64_t height = reader.height();
  const int64_t width = reader.width();
  // Deflate shrinks to no less than 1/1032, and one byte holds up to 8 pixels.
  if (height * width / (1032 * 8) > static_cast<int64_t>(bytes.size())) {
    damaged_png(path,
                fmt::format("it announces {} x {} pixels, which {} bytes cannot hold", width, height, bytes.size()));
  }
  at::Tensor pixels = at::empty({height, width, reader.channels()}, at::kByte);
  std::vector<png_bytep> rows;
  for (int64_t y = 0; y < height; ++y) rows.push_back(pixels.data_ptr<uint8_t>() + y * width * reader.channels());
  if (!reader.read_pixels(rows.data())) damaged_png(path, reader.error());
  return pixels.permute({2, 0, 1}).contiguous();
}

}  // namespace reconcile
