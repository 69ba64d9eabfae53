#include <ATen/ATen.h>
#include <png.h>

#include <csetjmp>
#include <cstring>

#include "reconcile/base/error.h"
#include "reconcile/files/picture.h"

namespace reconcile {
namespace {

constexpr int64_t kMaxPngPixels = int64_t{1} << 28;
constexpr int64_t kDeflateRatio = 1032;  // packed data shrink to no less than this part

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

  /// Reads up to the pixels. False if there is an error, as below.
  bool read_header() {
    if (info_ == nullptr || setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_read_fn(png_, this, &on_read);
    png_set_chunk_cache_max(png_, 1);  // texts are not kept: a thousand may unpack to 8 MB each
    png_read_info(png_, info_);
    return true;
  }
  /// Asks for 8 bits, gray or RGB.
  bool ask_for_colours() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_expand(png_);
    png_set_scale_16(png_);
    return update();
  }
  /// Asks for the numbers as stored, in one byte each, or in two in the machine's order.
  bool ask_for_numbers() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_packing(png_);
    png_set_swap(png_);
    return update();
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
  [[nodiscard]] int64_t row_bytes() const { return static_cast<int64_t>(png_get_rowbytes(png_, info_)); }
  [[nodiscard]] bool is_coloured() const {
    return (png_get_color_type(png_, info_) & (PNG_COLOR_MASK_COLOR | PNG_COLOR_MASK_PALETTE)) == PNG_COLOR_MASK_COLOR;
  }
  [[nodiscard]] const char* error() const { return error_; }

 private:
  bool update() {
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
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

/// Reads the header of a file that has room for what it announces.
void open_png(PngReader& reader, std::string_view bytes, const std::filesystem::path& path) {
  if (!internal::is_png(bytes)) damaged_png(path, "it does not begin like one");
  if (!reader.read_header()) damaged_png(path, reader.error());
  const int64_t pixels = reader.height() * reader.width();
  if (pixels > kMaxPngPixels || reader.height() * reader.row_bytes() / kDeflateRatio > std::ssize(bytes)) {
    damaged_png(path, fmt::format("it announces {} x {} pixels, which {} bytes cannot hold", reader.width(),
                                  reader.height(), bytes.size()));
  }
}

/// The rows [H, bytes of a row].
at::Tensor read_rows(PngReader& reader, const std::filesystem::path& path) {
  at::Tensor pixels = at::empty({reader.height(), reader.row_bytes()}, at::kByte);
  std::vector<png_bytep> rows;
  for (int64_t y = 0; y < pixels.size(0); ++y) rows.push_back(pixels.data_ptr<uint8_t>() + y * pixels.size(1));
  if (!reader.read_pixels(rows.data())) damaged_png(path, reader.error());
  return pixels;
}

}  // namespace

bool internal::is_png(std::string_view bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }

at::Tensor internal::decode_png(std::string_view bytes, const std::filesystem::path& path) {
  PngReader reader(bytes);
  open_png(reader, bytes, path);
  if (!reader.ask_for_colours()) damaged_png(path, reader.error());
  const at::Tensor rows = read_rows(reader, path);
  return rows.view({reader.height(), reader.width(), reader.channels()}).permute({2, 0, 1}).contiguous();
}

at::Tensor decode_label_picture(std::string_view bytes, const std::filesystem::path& path) {
  PngReader reader(bytes);
  open_png(reader, bytes, path);
  if (reader.is_coloured()) {
    fail<DataError>("{}: its pixels are colours, labels are gray values or indices of a palette. Convert it.",
                    path.string());
  }
  if (!reader.ask_for_numbers()) damaged_png(path, reader.error());
  const at::Tensor rows = read_rows(reader, path);
  if (rows.size(1) == reader.width()) return rows.to(at::kInt);
  return rows.view(at::kShort).to(at::kInt).bitwise_and_(0xFFFF);
}

std::string encode_png(const at::Tensor& picture) {
  const bool is_labels = picture.scalar_type() == at::kInt && picture.dim() == 2 && picture.numel() > 0;
  if (!is_labels) internal::check_writable(picture, "png");
  if (is_labels && (picture.min().item<int>() < 0 || picture.max().item<int>() > 0xFFFF)) {
    fail<InvalidArgument>("png: values {} ... {}, must lie in 0..65535.", picture.min().item<int>(),
                          picture.max().item<int>());
  }
  const at::Tensor pixels = is_labels ? picture.to(at::kShort).contiguous() : picture.permute({1, 2, 0}).contiguous();
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(pixels.size(0));
  image.width = static_cast<png_uint_32>(pixels.size(1));
  image.format = is_labels ? PNG_FORMAT_LINEAR_Y : pixels.size(2) == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data_ptr(), 0, nullptr) == 0) {
    fail<InvalidArgument>("png: {}.", image.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace reconcile
