#include "reconcile/files/picture.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <turbojpeg.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/files/png_file.h"

namespace reconcile {
namespace {

using test::big_endian;
using test::png;
using test::png_chunk;

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
    const at::Tensor read = decode_picture(file, "a.png");
    EXPECT_TRUE(read.sizes() == expected.sizes() && read.equal(expected)) << read;
  };
  reads(png(3, 2, 8, 0, bytes({0, 1, 2, 3, 0, 4, 5, 255})), pixels({1, 2, 3, 4, 5, 255}, {1, 2, 3}));
  reads(png(4, 1, 1, 0, bytes({0, 0b10100000})), pixels({255, 0, 255, 0}, {1, 1, 4}));
  reads(png(2, 1, 16, 0, bytes({0, 255, 255, 128, 128})), pixels({255, 128}, {1, 1, 2}));
  reads(png(1, 2, 8, 2, bytes({0, 1, 2, 3, 0, 4, 5, 6})), pixels({1, 4, 2, 5, 3, 6}, {3, 2, 1}));
  reads(png(1, 1, 8, 4, bytes({0, 7, 100})), pixels({7}, {1, 1, 1}));
  reads(png(1, 1, 8, 6, bytes({0, 1, 2, 3, 100})), pixels({1, 2, 3}, {3, 1, 1}));
  const std::string palette = png_chunk("PLTE", bytes({9, 8, 7, 6, 5, 4}));
  reads(png(2, 1, 8, 3, bytes({0, 1, 0}), palette), pixels({6, 9, 5, 8, 4, 7}, {3, 1, 2}));
  reads(png(2, 1, 8, 3, bytes({0, 1, 0}), palette + png_chunk("tRNS", bytes({0}))),
        pixels({6, 9, 5, 8, 4, 7}, {3, 1, 2}));
  reads(png(1, 1, 8, 0, bytes({0, 100}), png_chunk("gAMA", big_endian(100000))), pixels({100}, {1, 1, 1}));
}

TEST(Png, SaysWhatIsDamaged) {
  const std::string good = png(3, 2, 8, 0, bytes({0, 1, 2, 3, 0, 4, 5, 255}));
  const auto refuses = [](const std::string& file, const std::string& part) {
    test::expect_message<DataError>([&] { decode_picture(file, "a.png"); }, "a.png: not a readable PNG file", part);
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
    const at::Tensor read = decode_picture(file, "a.jpg");
    ASSERT_EQ(read.sizes(), at::IntArrayRef({channels, 16, 24}));
    EXPECT_LT((read.permute({1, 2, 0}).to(at::kInt) - image.to(at::kInt)).abs().max().item<int>(), 6);
  }
}

TEST(Jpeg, SaysWhatIsDamaged) {
  const std::string good = jpeg(smooth(3), TJPF_RGB, TJSAMP_420);
  const auto refuses = [](const std::string& file, const std::string& part) {
    test::expect_message<DataError>([&] { decode_picture(file, "a.jpg"); }, "a.jpg: not a readable JPEG file", part);
  };
  refuses("\xff\xd8\xff\xe0", "it ends inside its header. Save it again");
  refuses(good.substr(0, 20), "Save it again");
  refuses(good.substr(0, good.size() - 40), "Premature end");
  refuses(jpeg(at::zeros({8, 8, 4}, at::kByte), TJPF_CMYK, TJSAMP_444), "CMYK");
  std::string huge = good;
  const size_t frame = huge.find("\xff\xc0");  // height and width stand five bytes behind the marker
  for (size_t i = 5; i < 9; ++i) huge[frame + i] = '\xfe';
  refuses(huge, "it announces 65278 x 65278 pixels, at most");
}

TEST(Jpeg, BytesBetweenThePartsDoNoHarm) {
  std::string file = encode_jpeg(smooth(3).permute({2, 0, 1}), 90);
  const at::Tensor whole = decode_picture(file, "a.jpg");
  file.insert(file.size() - 2, "between");
  EXPECT_TRUE(decode_picture(file, "a.jpg").equal(whole));
}

TEST(Labels, AreReadAsStored) {
  const auto reads = [](const std::string& file, const std::vector<int64_t>& expected) {
    const at::Tensor read = decode_label_picture(file, "a.png");
    EXPECT_EQ(read.scalar_type(), at::kInt);
    EXPECT_TRUE(read.flatten().to(at::kLong).equal(at::tensor(expected))) << read;
  };
  const std::string palette = png_chunk("PLTE", bytes({9, 8, 7, 6, 5, 4, 3, 2, 1}));
  reads(png(2, 1, 8, 3, bytes({0, 1, 2}), palette + png_chunk("tRNS", bytes({0}))), {1, 2});
  reads(png(4, 1, 2, 3, bytes({0, 0b10010010}), palette), {2, 1, 0, 2});
  reads(png(4, 1, 1, 0, bytes({0, 0b10100000})), {1, 0, 1, 0});
  reads(png(2, 1, 16, 0, bytes({0, 255, 254, 1, 2})), {65534, 258});
  reads(png(1, 1, 8, 4, bytes({0, 7, 100})), {7});
}

TEST(Labels, AreNoColours) {
  const auto refuses = [](const std::string& file, const std::string& part) {
    test::expect_message<DataError>([&] { decode_label_picture(file, "a.png"); }, "a.png: ", part);
  };
  refuses(png(1, 1, 8, 2, bytes({0, 1, 2, 3})), "its pixels are colours, labels are gray values");
  refuses(encode_jpeg(at::zeros({1, 8, 8}, at::kByte), 90), "not a readable PNG file: it does not begin like one");
  refuses(png(900000, 900000, 16, 0, "x"), "it announces 900000 x 900000 pixels, which");
}

TEST(Picture, IsToldByItsBytes) {
  const test::TemporaryFolder folder;
  const at::Tensor gray = at::full({1, 8, 8}, 7, at::kByte);
  EXPECT_TRUE(read_picture(folder.write("a.jpg", encode_png(gray))).equal(gray));
  EXPECT_EQ(read_picture(folder.write("a.png", encode_jpeg(gray, 90))).sizes(), gray.sizes());
  test::expect_message<DataError>([&] { read_picture(folder.write("a.png", "GIF89a")); },
                                  "a.png: neither a PNG nor a JPEG file");
  test::expect_message<DataError>([&] { read_picture(folder / "none.png"); }, "none.png: cannot read");
}

TEST(Picture, WritesWhatItReads) {
  const at::Tensor colours = at::arange(60).view({3, 4, 5}).to(at::kByte);
  EXPECT_TRUE(decode_picture(encode_png(colours), "").equal(colours));
  EXPECT_TRUE(decode_picture(encode_png(colours.slice(0, 0, 1)), "").equal(colours.slice(0, 0, 1)));
  const at::Tensor wide = at::tensor({0, 1, 255, 256, 40000, 65535}, at::kInt).view({2, 3});
  EXPECT_TRUE(decode_label_picture(encode_png(wide), "").equal(wide));
}

TEST(Picture, RefusesToWriteOtherThings) {
  const auto refuses = [](const at::Tensor& picture, const std::string& part) {
    test::expect_message<InvalidArgument>([&] { encode_png(picture); }, "png: ", part);
  };
  refuses(at::zeros({2, 4, 4}, at::kByte), "no way to write Byte [2, 4, 4], a picture is uint8 [1 or 3");
  refuses(at::zeros({3, 4, 4}), "no way to write Float [3, 4, 4]");
  refuses(at::zeros({3, 0, 4}, at::kByte), "Byte [3, 0, 4]");
  refuses(at::full({2, 2}, -1, at::kInt), "values -1 ... -1, must lie in 0..65535");
  refuses(at::full({2, 2}, 65536, at::kInt), "values 65536");
  test::expect_message<InvalidArgument>([] { encode_jpeg(at::zeros({4, 4}, at::kByte), 90); }, "jpeg: no way to write");
  test::expect_message<InvalidArgument>([] { encode_jpeg(at::zeros({1, 4, 4}, at::kByte), 0); }, "quality = 0");
}

TEST(Png, TextsAreSkippedHoweverMuchTheyUnpackTo) {
  std::string packed(compressBound(7 << 20), '\0');
  const std::string text(7 << 20, 'x');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  std::string chunks;
  for (int i = 0; i < 100; ++i) chunks += png_chunk("zTXt", std::string("k\0\0", 3) + packed.substr(0, size));
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;  // in KiB
  };
  const auto before = peak();
  EXPECT_EQ(decode_picture(png(1, 1, 8, 0, bytes({0, 7}), chunks), "a.png").item<int64_t>(), 7);
  EXPECT_LT(peak() - before, 100 << 10) << "they unpack to 700 MB";
}

TEST(Jpeg, RefusesMoreScansThanAnybodyWrites) {
  std::string file = encode_jpeg(at::zeros({1, 8, 8}, at::kByte), 90);
  file[file.find("\xff\xc0") + 1] = '\xc2';  // progressive
  const size_t scan = file.find("\xff\xda");
  std::string head = file.substr(scan, 2 + 8);
  head[2 + 6] = '\0';  // the DC coefficients alone, up to their first bit
  const std::string last = head + file.substr(scan + 10, 1);
  std::string scans;
  for (int i = 0; i < 600; ++i) scans += last;
  test::expect_message<DataError>([&] { decode_picture(file.substr(0, scan) + scans + "\xff\xd9", "a.jpg"); },
                                  "a.jpg: not a readable JPEG file: ", "more than 500 scans");
}

}  // namespace
}  // namespace reconcile
