#include "reconcile/files/idx.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "unit/files/temp_folder.h"

namespace reconcile {
namespace {

using testing::gzip;
using testing::idx_header;

class Idx : public ::testing::Test {
 protected:
  void expect_rejected(const std::string& bytes, int64_t num_dims, std::vector<std::string> parts) {
    const auto path = folder_.write("some-file", bytes);
    parts.push_back(path.string());
    test::expect_message<DataError>([&] { read_idx(path, num_dims); }, parts);
  }

  testing::TempFolder folder_;
  const std::string good_ = idx_header({2, 1, 3}) + "abcdef";
};

TEST_F(Idx, ReadsSizesAndValues) {
  const at::Tensor values = read_idx(folder_.write("a", good_), 3);
  EXPECT_EQ(values.sizes(), at::IntArrayRef({2, 1, 3}));
  EXPECT_TRUE(values.flatten().equal(at::tensor({'a', 'b', 'c', 'd', 'e', 'f'}).to(at::kByte)));
}

TEST_F(Idx, ReadsGzipWhateverTheNameSays) {
  EXPECT_TRUE(read_idx(folder_.write("plain-name", gzip(good_)), 3).equal(read_idx(folder_.write("b.gz", good_), 3)));
}

TEST_F(Idx, RejectsAFileShorterThanItsHeader) {
  expect_rejected(good_.substr(0, 15), 3, {"has 15 bytes, an IDX header with 3 dimension(s) has 16", "Fetch it again"});
  expect_rejected("", 1, {"has 0 bytes"});
}

TEST_F(Idx, RejectsDataCutShort) {
  expect_rejected(idx_header({60000, 28, 28}) + std::string(1010, 'x'), 3,
                  {"header announces 60000 x 28 x 28 (47040016 bytes), file has 1026. Fetch it again"});
}

TEST_F(Idx, RejectsExtraBytes) {
  expect_rejected(good_ + "g", 3, {"header announces 2 x 1 x 3 (22 bytes), file has 23"});
}

TEST_F(Idx, RejectsOtherFormats) {
  expect_rejected("\x89PNG and some more bytes", 3, {"begins with bytes 89 50, an IDX file begins with 00 00"});
}

TEST_F(Idx, RejectsOtherTypes) {
  std::string floats = good_;
  floats[2] = 0x0D;
  expect_rejected(floats, 3, {"values of IDX type 0x0d, must be 0x08"});
}

TEST_F(Idx, RejectsOtherNumbersOfDimensions) {
  expect_rejected(good_, 1, {"has 3 dimension(s), must have 1", "swapped"});
}

TEST_F(Idx, RejectsSizesThatOverflow) {
  const uint32_t huge = 0xFFFFFFFF;
  expect_rejected(idx_header({huge, huge, huge}), 3,
                  {"4294967295 x 4294967295 x 4294967295 (79228162458924105385300197391 bytes)"});
  expect_rejected(idx_header({1U << 31, 1U << 31, 4}), 3, {"(18446744073709551632 bytes), file has 16"});  // 2^64 + 16
}

TEST_F(Idx, RejectsDamagedGzip) {
  const std::string packed = gzip(idx_header({5000}) + std::string(5000, 'x'));
  expect_rejected(packed.substr(0, packed.size() / 2), 1, {"damaged or cut short", "Fetch it again"});
  std::string flipped = packed;
  flipped[flipped.size() - 6] ^= 1;  // the checksum
  expect_rejected(flipped, 1, {"damaged or cut short"});
}

TEST_F(Idx, RejectsAMissingFile) {
  test::expect_message<DataError>([&] { read_idx(folder_.path() / "none", 1); }, {"none: no such file"});
}

}  // namespace
}  // namespace reconcile
