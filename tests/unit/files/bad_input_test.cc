// The table of bad input in docs/formats/data-files.md: each file is made and read here, and the page must have the
// message that came. RECONCILE_UPDATE_DOCS=1 writes the table anew.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/files/idx.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/mat.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/table.h"
#include "unit/files/mat_file.h"
#include "unit/files/png_file.h"
#include "unit/files/temp_folder.h"

namespace reconcile {
namespace {

using BadPath = std::filesystem::path;
using BadRead = std::function<void(const BadPath&)>;

/// A file that no reader takes.
struct BadFile {
  std::string name;
  std::string what;
  std::string bytes;
  BadRead read;
};

const BadRead kNpyReader = [](const BadPath& path) { read_npy(path); };
const BadRead kPictureReader = [](const BadPath& path) { read_picture(path); };
const BadRead kLabelReader = [](const BadPath& path) { read_label_picture(path); };
const BadRead kMatReader = [](const BadPath& path) { read_mat(path, "LabelMap"); };
const BadRead kTableReader = [](const BadPath& path) { read_table(path); };
const BadRead kPriceReader = [](const BadPath& path) {
  const Table table = read_table(path);
  (void)table.number(0, table.column("price"));
};
const BadRead kSafetensorsReader = [](const BadPath& path) { map_safetensors(path); };
const BadRead kIdxReader = [](const BadPath& path) { read_idx(path, 3); };

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::vector<BadFile> bad_arrays() {
  const std::string good = encode_npy(at::zeros({2, 3}));
  const std::string idx = testing::idx_header({2, 4, 4}) + std::string(32, 'x');
  const std::string packed = testing::gzip(idx);
  return {
      {"a.npy", "an empty file", "", kNpyReader},
      {"a.npy", "another format", "PK\x03\x04 and so on", kNpyReader},
      {"a.npy", "pickled objects", replaced(good, "'<f4'", "'|O'"), kNpyReader},
      {"a.npy", "uint64", replaced(good, "<f4", "<u8"), kNpyReader},
      {"a.npy", "cut short", good.substr(0, good.size() - 5), kNpyReader},
      {"a.npy", "a size that is not there", replaced(good, "(2, 3)", "(2, 4)"), kNpyReader},
      {"a.npy", "an immense size", replaced(good, "(2, 3)", "(99999999, 99999999)"), kNpyReader},
      {"a.npy", "a header cut short", good.substr(0, 40), kNpyReader},
      {"a.npy", "no shape", replaced(good, "'shape'", "'sharp'"), kNpyReader},
      {"images-idx3-ubyte", "cut short", idx.substr(0, 30), kIdxReader},
      {"images-idx3-ubyte", "an immense size", testing::idx_header({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}), kIdxReader},
      {"images-idx3-ubyte", "labels where images are due", testing::idx_header({20}) + std::string(20, 'x'),
       kIdxReader},
      {"images-idx3-ubyte", "another format", std::string(64, 'x'), kIdxReader},
      {"images-idx3-ubyte.gz", "packed, cut short", packed.substr(0, packed.size() / 2), kIdxReader}};
}

std::vector<BadFile> bad_pictures() {
  const at::Tensor ramp = at::arange(3 * 16 * 16).view({3, 16, 16}).remainder(256).to(at::kByte);
  const std::string png = encode_png(ramp);
  const std::string jpeg = encode_jpeg(ramp, 90);
  std::string flipped = png;
  flipped[60] = static_cast<char>(flipped[60] ^ 1);
  std::string large = jpeg;  // height and width stand five bytes behind the marker of the frame
  large.replace(large.find("\xff\xc0") + 5, 4, "\xfe\xfe\xfe\xfe");
  return {{"a.png", "another format", "GIF89a and so on", kPictureReader},
          {"a.png", "cut short", png.substr(0, png.size() / 2), kPictureReader},
          {"a.png", "a flipped bit", flipped, kPictureReader},
          {"a.png", "an immense size", test::png(900000, 900000, 8, 0, "x"), kPictureReader},
          {"a.jpg", "cut short", jpeg.substr(0, jpeg.size() - 20), kPictureReader},
          {"a.jpg", "nothing behind the first marker", "\xff\xd8\xff\xe0", kPictureReader},
          {"a.jpg", "an immense size", large, kPictureReader},
          {"labels.png", "labels in colour", png, kLabelReader},
          {"labels.png", "labels as JPEG", jpeg, kLabelReader}};
}

std::vector<BadFile> bad_matlab() {
  using namespace test;
  const std::string good = mat_file(mat_bytes(2, 2, "LabelMap", "abcd"));
  std::string damaged = mat_packed(mat_bytes(2, 2, "LabelMap", "abcd"));
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  return {{"a.mat", "another format", std::string(200, 'x'), kMatReader},
          {"a.mat", "version 7.3", mat_file("", std::string("\x00\x02IM", 4)), kMatReader},
          {"a.mat", "cut short", good.substr(0, 170), kMatReader},
          {"a.mat", "an immense size", mat_file(mat_bytes(0x7FFFFFFF, 0x7FFFFFFF, "LabelMap", "abcd")), kMatReader},
          {"a.mat", "more numbers than are there", mat_file(mat_bytes(3, 2, "LabelMap", "abcd")), kMatReader},
          {"a.mat", "packed and damaged", mat_file(damaged), kMatReader},
          {"a.mat", "unpacks to 256 MiB", mat_file(mat_packed(std::string(size_t{1} << 28, '\0') + "x")), kMatReader},
          {"a.mat", "a sparse matrix", mat_file(mat_array(5, mat_size(2, 2), "LabelMap", "")), kMatReader},
          {"a.mat", "complex numbers", mat_file(mat_array(0x806, mat_size(2, 2), "LabelMap", "")), kMatReader},
          {"a.mat", "another variable", mat_file(mat_bytes(2, 2, "labelMap", "abcd")), kMatReader}};
}

std::vector<BadFile> bad_tables_and_weights() {
  const std::string good = encode_safetensors({{"a", at::zeros({2, 3})}});
  return {
      {"a.csv", "an empty file", "", kTableReader},
      {"a.csv", "a field too few", "id,price\n1,2\n3\n", kTableReader},
      {"a.csv", "a column without a name", "id,,price\n", kTableReader},
      {"a.csv", "two columns of one name", "id,id\n", kTableReader},
      {"a.csv", "a quote that does not end", "id,name\n1,\"x\n", kTableReader},
      {"a.csv", "text behind a quote", "id,name\n1,\"x\"y\n", kTableReader},
      {"a.csv", "UTF-16", std::string("\xff\xfei\0d\0", 6), kTableReader},
      {"a.csv", "a column that is not there", "id,prize\n1,2\n", kPriceReader},
      {"a.csv", "text for a number", "id,price\n1,cheap\n", kPriceReader},
      {"a.safetensors", "an empty file", "", kSafetensorsReader},
      {"a.safetensors", "an immense header", std::string(8, '\x7f') + "{}", kSafetensorsReader},
      {"a.safetensors", "a header that is no JSON", std::string("\x04\0\0\0\0\0\0\0", 8) + "here", kSafetensorsReader},
      {"a.safetensors", "cut short", good.substr(0, good.size() - 4), kSafetensorsReader},
      {"a.safetensors", "an immense shape", replaced(good, "[2,3]", "[2,9]"), kSafetensorsReader},
      {"a.safetensors", "bytes that no tensor has", good + "more", kSafetensorsReader}};
}

/// The table as it must stand in the page.
std::string bad_input_table() {
  const test::TemporaryFolder folder;
  std::string table = "| file | what is wrong | the message |\n|---|---|---|\n";
  for (const auto& part : {bad_arrays(), bad_pictures(), bad_matlab(), bad_tables_and_weights()}) {
    for (const auto& [name, what, bytes, read] : part) {
      const auto path = folder.write(name, bytes);
      std::string message = test::message_of<DataError>([&, read = read] { read(path); });
      EXPECT_TRUE(message.starts_with(path.string())) << message;
      const std::string folder_text = folder.path().string() + "/";
      for (size_t at = 0; (at = message.find(folder_text)) != std::string::npos;) message.erase(at, folder_text.size());
      for (size_t at = 0; (at = message.find('|', at)) != std::string::npos; at += 2) message.insert(at, "\\");
      table += fmt::format("| `{}` | {} | {} |\n", name, what, message);
    }
  }
  return table;
}

TEST(BadInput, IsInThePageAsItIsAnswered) {
  const std::string page_path = RECONCILE_SOURCE_DIR "/docs/formats/data-files.md";
  const std::string begin = "<!-- bad input: written by tests/unit/files/bad_input_test.cc -->\n";
  const std::string end = "<!-- end of bad input -->";
  const std::string page = read_file(page_path);
  const size_t from = page.find(begin) + begin.size();
  const size_t to = page.find(end);
  ASSERT_TRUE(page.find(begin) != std::string::npos && to != std::string::npos && from <= to);
  const std::string table = bad_input_table();
  if (std::getenv("RECONCILE_UPDATE_DOCS") != nullptr) {
    write_atomically(page_path, page.substr(0, from) + table + page.substr(to));
  } else {
    EXPECT_EQ(page.substr(from, to - from), table) << "stale page: run this test with RECONCILE_UPDATE_DOCS=1";
  }
}

}  // namespace
}  // namespace reconcile
