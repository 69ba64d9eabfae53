// Files that NumPy, PIL, SciPy and Python's csv have written, and what they read of ours.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/options.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/mat.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/resize.h"
#include "reconcile/files/table.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

int files_oracle(const std::string& verb, const std::filesystem::path& folder) {
  const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/files/files_oracle.py";
  return std::system(fmt::format("/usr/bin/python3 -B '{}' {} '{}'", script, verb, folder.string()).c_str());
}

/// As the script describes arrays.
std::string describe(const at::Tensor& tensor) {
  static const std::map<at::ScalarType, std::string> names = {
      {at::kFloat, "float32"}, {at::kDouble, "float64"}, {at::kHalf, "float16"},
      {at::kLong, "int64"},    {at::kInt, "int32"},      {at::kShort, "int16"},
      {at::kChar, "int8"},     {at::kByte, "uint8"},     {at::kBool, "bool"}};
  const at::Tensor plain = tensor.contiguous();
  const std::string_view bytes(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
  return fmt::format("{} [{}] {}", names.at(plain.scalar_type()), fmt::join(plain.sizes(), ", "), checksum(bytes));
}

Json describe(const MatValue& value) {
  Json result;
  switch (value.kind()) {
    case MatValue::Kind::kNumbers:
      return describe(value.numbers());
    case MatValue::Kind::kText:
      return value.text();
    case MatValue::Kind::kStruct:
      for (const char* name : {"x", "imname", "objects", "class", "class_ind", "part_name", "mask", "parts"}) {
        try {
          result[name] = describe(value.field(name));
        } catch (const DataError&) {  // another struct's field
        }
      }
      return result;
    case MatValue::Kind::kList:
      for (const MatValue* item : value.items()) result.push_back(describe(*item));
      return result;
  }
  return result;
}

class FilesOracle : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TemporaryFolder;
    status_ = files_oracle("write", folder_->path());
    if (status_ == 0) expected_ = Json::parse(read_file(*folder_ / "expected.json"));
  }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) GTEST_SKIP() << "no python3-numpy";
    ASSERT_EQ(status_, 0);
  }
  /// Compares every file of a kind with what `read` says of it.
  static void compare(const std::string& kind, const std::function<Json(const std::filesystem::path&)>& read,
                      size_t at_least) {
    if (!expected_.contains(kind)) GTEST_SKIP() << "python3-pil or python3-scipy is not installed";
    EXPECT_GE(expected_[kind].size(), at_least);
    for (const auto& [file, content] : expected_[kind].items()) EXPECT_EQ(read(*folder_ / file), content) << file;
  }

  static inline test::TemporaryFolder* folder_ = nullptr;
  static inline Json expected_;
  static inline int status_ = 0;
};

TEST_F(FilesOracle, NumPyFilesOfEveryTypeAndOrder) {
  compare(
      "npy", [](const auto& path) { return describe(read_npy(path)); }, 150);
  compare(
      "npy", [](const auto& path) { return describe(decode_npy(read_file(path), path)); }, 150);
}

TEST_F(FilesOracle, PicturesToTheBit) {
  compare(
      "picture", [](const auto& path) { return describe(read_picture(path)); }, 11);
}

TEST_F(FilesOracle, LabelsAsStored) {
  compare(
      "label", [](const auto& path) { return describe(read_label_picture(path)); }, 5);
}

TEST_F(FilesOracle, MatlabFilesPackedAndPlain) {
  compare(
      "mat",
      [](const auto& path) {
        Json found;
        for (const auto& [name, content] : expected_["mat"]["plain.mat"].items()) {
          found[name] = describe(read_mat(path, name));
        }
        return found;
      },
      2);
}

TEST_F(FilesOracle, TablesOfPythonsCsv) {
  compare(
      "table",
      [](const auto& path) {
        const Table table = read_table(path);
        Json found = {table.columns};
        for (const auto& row : table.rows) found.push_back(row);
        return found;
      },
      4);
}

TEST_F(FilesOracle, MappedSafetensors) {
  compare(
      "safetensors",
      [](const auto& path) {
        Json found;
        for (const auto& [name, tensor] : map_safetensors(path)) found[name] = describe(tensor);
        return found;
      },
      1);
}

TEST_F(FilesOracle, ResizesAsPil) {
  if (!expected_.contains("resized")) GTEST_SKIP() << "python3-pil is not installed";
  for (const auto& [i, size] : expected_["resized"].items()) {
    const at::Tensor whole = read_npy(*folder_ / fmt::format("whole{}.npy", i));
    const at::Tensor smooth = resize_picture(whole, size[0], size[1]);
    const at::Tensor pil = read_npy(*folder_ / fmt::format("bilinear{}.npy", i));
    ASSERT_EQ(smooth.sizes(), pil.sizes());
    EXPECT_LE((smooth.to(at::kInt) - pil.to(at::kInt)).abs().max().item<int>(), 1) << i;
    const at::Tensor nearest = resize_nearest(whole.to(at::kLong), size[0], size[1]);
    EXPECT_TRUE(nearest.equal(read_npy(*folder_ / fmt::format("nearest{}.npy", i)).to(at::kLong))) << i;
  }
}

TEST_F(FilesOracle, OurFilesAreReadByTheOthers) {
  const test::TemporaryFolder ours;
  const at::Tensor ramp = at::arange(3 * 14 * 17).view({3, 14, 17}).remainder(256).to(at::kByte);
  const at::Tensor depth = at::arange(5 * 7, at::kInt).view({5, 7}) * 1870;
  std::map<std::string, std::pair<std::string, std::string>> files;
  for (const auto type : {at::kHalf, at::kFloat, at::kDouble, at::kChar, at::kShort, at::kInt, at::kLong, at::kByte}) {
    const at::Tensor array = at::arange(24).view({2, 3, 4}).to(type).transpose(0, 2);
    files[fmt::format("{}.npy", c10::toString(type))] = {encode_npy(array), describe(array)};
  }
  files["bool.npy"] = {encode_npy(ramp.gt(99)), describe(ramp.gt(99))};
  if (expected_.contains("picture")) {
    files["rgb.png"] = {encode_png(ramp), describe(ramp)};
    files["gray.png"] = {encode_png(ramp.slice(0, 0, 1)), describe(ramp.slice(0, 0, 1))};
    files["depth.png"] = {encode_png(depth), describe(depth)};
    for (const int64_t channels : {1, 3}) {
      const std::string jpeg = encode_jpeg(ramp.slice(0, 0, channels), 90);
      files[fmt::format("{}.jpg", channels)] = {jpeg, describe(decode_picture(jpeg, ""))};
    }
  }
  for (const auto& [name, content] : files) ours.write(name, content.first);
  ASSERT_EQ(files_oracle("read", ours.path()), 0);
  const Json answer = Json::parse(read_file(ours / "answer.json"));
  EXPECT_EQ(answer.size(), files.size());
  for (const auto& [name, content] : files) EXPECT_EQ(answer[name], content.second) << name;
}

}  // namespace
}  // namespace reconcile
