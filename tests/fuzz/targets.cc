#include "fuzz/targets.h"

#include <ATen/ATen.h>

#include <cstring>

#include "reconcile/base/error.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/files/idx.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/mat.h"
#include "reconcile/files/mat_check.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/table.h"
#include "unit/core/torch_files.h"
#include "unit/files/mat_file.h"
#include "unit/files/png_file.h"
#include "unit/files/temp_folder.h"

namespace reconcile::fuzz {
namespace {

using Path = std::filesystem::path;

const auto as_it_is = [](const std::string& bytes, Rng&) { return bytes; };

/// Reads every number, so that a view beyond its bytes is found out.
void look_at(const at::Tensor& tensor) {
  if (tensor.numel() > 1 << 22) return;
  (void)tensor.contiguous().view({-1}).to(at::kDouble).sum().item<double>();
}

void look_at(const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) look_at(tensor);
}

void look_at(const MatValue& value) {
  if (value.kind() == MatValue::Kind::kNumbers) look_at(value.numbers());
  if (value.kind() != MatValue::Kind::kList) return;
  for (const MatValue* item : value.items()) look_at(*item);
}

void look_at(const Table& table, int64_t row, int64_t column) {
  try {
    (void)table.number(row, column);
  } catch (const DataError&) {  // text
  }
}

at::Tensor ramp(at::IntArrayRef shape) { return at::arange(c10::multiply_integers(shape)).view(shape); }

Target npy_target() {
  Target target{"npy",
                {},
                as_it_is,
                [](const std::string& bytes, const Path& path) {
                  look_at(decode_npy(bytes, path));
                  look_at(read_npy(path));
                },
                true};
  for (const auto type : {at::kFloat, at::kByte, at::kShort, at::kBool}) {
    target.seeds.push_back(encode_npy(ramp({2, 3, 4}).to(type)));
  }
  std::string fortran = target.seeds.front();
  fortran.replace(fortran.find("False"), 5, "True ");
  std::string swapped = target.seeds[2];
  swapped.replace(swapped.find("<i2"), 3, ">u2");
  target.seeds.insert(target.seeds.end(), {fortran, swapped});
  return target;
}

Target idx_target() {
  const auto wrap = [](const std::string& bytes, Rng& rng) {
    return rng.below(2) == 0 || bytes.starts_with("\x1f\x8b") ? bytes : testing::gzip(bytes);
  };
  const auto read = [](const std::string&, const Path& path) {
    try {
      look_at(read_idx(path, 3));
    } catch (const DataError&) {
      look_at(read_idx(path, 1));
    }
  };
  return {"idx",
          {testing::idx_header({2, 3, 4}) + std::string(24, 'x'), testing::idx_header({6}) + "labels",
           testing::gzip(testing::idx_header({5, 5, 5}) + std::string(125, 'y'))},
          wrap,
          read,
          true};
}

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

Target mat_target() {
  constexpr size_t kHeader = 128;
  const auto wrap = [](const std::string& bytes, Rng& rng) {
    if (rng.below(2) == 0 || bytes.size() < kHeader) return bytes;
    return bytes.substr(0, kHeader) + test::mat_packed(bytes.substr(kHeader));
  };
  const auto read = [](const std::string& bytes, const Path& path) {
    for (const auto& name : check_mat(bytes, path)) look_at(read_mat(path, name));
  };
  const std::string shorts = test::mat_array(0x200 + 9, test::mat_size(2, 2), "flags", test::mat_element(2, "abcd"));
  const std::string cells =
      test::mat_array(1, test::mat_size(1, 3), "c", test::mat_struct() + test::mat_element(14, "") + shorts);
  return {"mat",
          {test::mat_file(test::mat_bytes(2, 3, "m", "abcdef")), test::mat_file(test::mat_struct()),
           test::mat_file(shorts), test::mat_file(cells)},
          wrap,
          read,
          true};
}

Target table_target() {
  return {"table",
          {"id,x,y\na,1,2.5\nb,-3e2,\nc,nan,7\n", "a\tb\r\n\"1\t2\"\t\"3\"\"\r\n4\"\r\n",
           "\xef\xbb\xbf"
           "a,\"b,c\"\n\n1,2"},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            const Table table = parse_table(bytes, path);
            for (int64_t row = 0; row < std::ssize(table.rows); ++row) {
              for (int64_t column = 0; column < std::ssize(table.columns); ++column) look_at(table, row, column);
            }
          }};
}

NamedTensors some_tensors() {
  return {{"conv.weight", ramp({3, 4}).to(at::kFloat)},
          {"norm.mean", at::ones({3}, at::kDouble)},
          {"count", at::scalar_tensor(3, at::kLong)},
          {"mask", at::ones({5}, at::kBool)}};
}

Target safetensors_target() {
  return {"safetensors",
          {encode_safetensors(some_tensors()), encode_safetensors({{"a", ramp({2}).to(at::kHalf)}})},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            look_at(decode_safetensors(bytes, path));
            look_at(map_safetensors(path));
          },
          true};
}

std::vector<Target> torch_targets() {
  const auto zip = [](const std::string& bytes, const Path& path) { look_at(decode_torch_zip(bytes, path)); };
  const auto legacy = [](const std::string& bytes, const Path& path) { look_at(decode_torch_legacy(bytes, path)); };
  const std::string object = test::pickle("}(" + test::text("a") + test::tensor({}) + test::text("b") +
                                          test::tensor({.offset = 1, .sizes = {3}, .strides = {1}}) + "u");
  const std::string floats = test::floats(4);
  const auto in_zip = [floats](const std::string& bytes, Rng&) { return test::zip_file(bytes, floats); };
  return {{"torch zip", {encode_torch(some_tensors()), test::zip_file(object, floats)}, as_it_is, zip},
          {"torch legacy", {test::legacy_file(object, floats)}, as_it_is, legacy},
          {"torch pickle", {object}, in_zip, zip}};
}

}  // namespace

std::vector<Target> targets() {
  std::vector<Target> all = {npy_target(), idx_target(),   png_target(),        jpeg_target(),
                             mat_target(), table_target(), safetensors_target()};
  for (auto& target : torch_targets()) all.push_back(std::move(target));
  return all;
}

}  // namespace reconcile::fuzz
