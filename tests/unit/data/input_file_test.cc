#include "reconcile/data/input_file.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "reconcile/base/error.h"
#include "reconcile/files/jpeg_file.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/png_file.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<uint32_t>(data.size())) + body + big_endian(static_cast<uint32_t>(crc));
}

/// A PNG file by the letter of its specification; every row begins with its filter, 0.
std::string png(uint32_t width, uint32_t height, char depth, char colour, const std::string& rows,
                const std::string& more = "") {
  std::string packed(compressBound(rows.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), rows.size());
  packed.resize(size);
  const std::string header = big_endian(width) + big_endian(height) + depth + colour + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + more + chunk("IDAT", packed) + chunk("IEND", "");
}

std::string bytes(std::initializer_list<int> values) {
  std::string result;
  for (const int value : values) result += static_cast<char>(value);
  return result;
}

at::Tensor pixels(std::vector<int64_t> values, at::IntArrayRef shape) {
  return at::tensor(values).view(shape).to(at::kByte);
}

TEST(Png, ReadsEveryKind) {
  const auto reads = [](const std::string& file, const at::Tensor& expected) {
    const at::Tensor read = decode_png(file, "a.png");
    EXPECT_TRUE(read.sizes() == expected.sizes() && read.equal(expected)) << read;
  };
  reads(png(3, 2, 8, 0, bytes({0, 1, 2, 3, 0, 4, 5, 255})), pixels({1, 2, 3, 4, 5, 255}, {1, 2, 3}));
  reads(png(4, 1, 1, 0, bytes({0, 0b10100000})), pixels({255, 0, 255, 0}, {1, 1, 4}));
  reads(png(2, 1, 16, 0, bytes({0, 255, 255, 128, 128})), pixels({255, 128}, {1, 1, 2}));
  reads(png(1, 2, 8, 2, bytes({0, 1, 2, 3, 0, 4, 5, 6})), pixels({1, 4, 2, 5, 3, 6}, {3, 2, 1}));
  reads(png(1, 1, 8, 4, bytes({0, 7, 100})), pixels({7}, {1, 1, 1}));
  reads(png(1, 1, 8, 6, bytes({0, 1, 2, 3, 100})), pixels({1, 2, 3}, {3, 1, 1}));
  const std::string palette = chunk("PLTE", bytes({9, 8, 7, 6, 5, 4}));
  reads(png(2, 1, 8, 3, bytes({0, 1, 0}), palette), pixels({6, 9, 5, 8, 4, 7}, {3, 1, 2}));
  reads(png(2, 1, 8, 3, bytes({0, 1, 0}), palette + chunk("tRNS", bytes({0}))), pixels({6, 9, 5, 8, 4, 7}, {3, 1, 2}));
  reads(png(1, 1, 8, 0, bytes({0, 100}), chunk("gAMA", big_endian(100000))), pixels({100}, {1, 1, 1}));
}

TEST(Png, SaysWhatIsDamaged) {
  const std::string good = png(3, 2, 8, 0, bytes({0, 1, 2, 3, 0, 4, 5, 255}));
  const auto refuses = [](const std::string& file, const std::string& part) {
    test::expect_message<DataError>([&] { decode_png(file, "a.png"); }, "a.png: not a readable PNG file", part);
  };
  for (size_t size = 8; size < good.size(); ++size) refuses(good.substr(0, size), "Save it again");
  refuses(good.substr(0, 30), "the file ends early");
  std::string flipped = good;
  flipped[45] = static_cast<char>(flipped[45] ^ 1);
  refuses(flipped, "Save it again");
  refuses(png(900000, 900000, 8, 0, "x"), "it announces 900000 x 900000 pixels, which");
  refuses(png(0, 1, 8, 0, "x"), "IHDR");
}

std::string jpeg(const at::Tensor& image, int format, int sampling) {
  tjhandle encoder = tjInitCompress();
  unsigned char* data = nullptr;
  unsigned long size = 0;
  tjCompress2(encoder, image.data_ptr<uint8_t>(), static_cast<int>(image.size(1)), 0, static_cast<int>(image.size(0)),
              format, &data, &size, sampling, 95, 0);
  std::string result(reinterpret_cast<char*>(data), size);
  tjFree(data);
  tjDestroy(encoder);
  return result;
}

/// A smooth image [H, W, C], which JPEG hardly changes.
at::Tensor smooth(int64_t channels) {
  const at::Tensor ramp = at::arange(16).view({16, 1}) * 8 + at::arange(24) * 4;
  return at::stack(std::vector<at::Tensor>(channels, ramp), -1).add(at::arange(channels) * 10).to(at::kByte);
}

TEST(Jpeg, ReadsGrayAndColour) {
  for (const int64_t channels : {1, 3}) {
    const at::Tensor image = smooth(channels);
    const bool is_gray = channels == 1;
    const std::string file = jpeg(image, is_gray ? TJPF_GRAY : TJPF_RGB, is_gray ? TJSAMP_GRAY : TJSAMP_444);
    const at::Tensor read = decode_jpeg(file, "a.jpg");
    ASSERT_EQ(read.sizes(), at::IntArrayRef({channels, 16, 24}));
    EXPECT_LT((read.permute({1, 2, 0}).to(at::kInt) - image.to(at::kInt)).abs().max().item<int>(), 6);
  }
}

TEST(Jpeg, SaysWhatIsDamaged) {
  const std::string good = jpeg(smooth(3), TJPF_RGB, TJSAMP_420);
  const auto refuses = [](const std::string& file, const std::string& part) {
    test::expect_message<DataError>([&] { decode_jpeg(file, "a.jpg"); }, "a.jpg: not a readable JPEG file", part);
  };
  refuses(good.substr(0, 20), "Save it again");
  refuses(good.substr(0, good.size() - 40), "Premature end");
  refuses(jpeg(at::zeros({8, 8, 4}, at::kByte), TJPF_CMYK, TJSAMP_444), "CMYK");
  std::string huge = good;
  const size_t frame = huge.find("\xff\xc0");  // height and width stand five bytes behind the marker
  for (size_t i = 5; i < 9; ++i) huge[frame + i] = '\xfe';
  refuses(huge, "announces 65278 x 65278 pixels");
}

TEST(InputFile, ReadsArraysAndImages) {
  const test::TemporaryFolder folder;
  const at::Tensor floats = at::rand({2, 3, 4, 5});
  EXPECT_TRUE(read_inputs(folder.write("a.npy", encode_npy(floats)), {3, 4, 5}, false).equal(floats));
  EXPECT_TRUE(read_inputs(folder.write("b.npy", encode_npy(floats[0])), {3, 4, 5}, false).equal(floats.slice(0, 0, 1)));
  const at::Tensor whole = at::full({1, 2, 2}, 51, at::kByte);
  const at::Tensor read = read_inputs(folder.write("c.npy", encode_npy(whole)), {1, 2, 2}, false);
  EXPECT_TRUE(read.allclose(at::full({1, 1, 2, 2}, 0.2)));
  const auto gray = folder.write("gray.png", png(2, 1, 8, 0, bytes({0, 0, 255})));
  EXPECT_TRUE(read_inputs(gray, {3, 1, 2}, false).equal(at::tensor({0.F, 1.F}).expand({1, 3, 1, 2})));
  EXPECT_TRUE(read_inputs(gray, {1, 1, 2}, false).equal(at::tensor({0.F, 1.F}).view({1, 1, 1, 2})));
}

TEST(InputFile, ResizesWhenAsked) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.npy", encode_npy(at::arange(4, at::kFloat).view({1, 2, 2})));
  EXPECT_TRUE(read_inputs(path, {1, 1, 1}, true).equal(at::full({1, 1, 1, 1}, 1.5)));
  EXPECT_EQ(read_inputs(path, {1, 6, 8}, true).sizes(), at::IntArrayRef({1, 1, 6, 8}));
  test::expect_message<DataError>(
      [&] {
        read_inputs(path, {1, 6, 8}, false);
      },
      "a.npy: 2 x 2 (height x width)", "the network reads 6 x 8", "--resize");
}

TEST(InputFile, SaysWhatDoesNotFit) {
  const test::TemporaryFolder folder;
  const auto refuses = [&](const at::Tensor& array, const std::string& part) {
    const auto path = folder.write("a.npy", encode_npy(array));
    test::expect_message<DataError>([&] { read_inputs(path, {1, 2, 2}, true); }, "a.npy: ", part);
  };
  refuses(at::zeros({3, 2, 2}), "its shape is [3, 2, 2], the network reads [1, 2, 2] or [N, 1, 2, 2]");
  refuses(at::zeros({2, 2}), "its shape is [2, 2]");
  refuses(at::zeros({0, 1, 2, 2}), "its shape is [0, 1, 2, 2]");
  refuses(at::zeros({1, 2, 2}, at::kLong), "its numbers are Long, must be float32");
  const auto text = folder.write("a.txt", "hello");
  test::expect_message<DataError>([&] { read_inputs(text, {1, 2, 2}, true); }, "neither a NumPy file nor a PNG");
}

}  // namespace
}  // namespace reconcile
