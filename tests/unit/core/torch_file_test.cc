#include "reconcile/core/torch_file.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/options.h"
#include "reconcile/core/weights_file.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

constexpr int kNoTorch = 77;

/// Runs torch_oracle.py; its exit status.
int oracle(const std::string& arguments) {
  const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/core/torch_oracle.py";
  return WEXITSTATUS(std::system(fmt::format("/usr/bin/python3 -B '{}' {}", script, arguments).c_str()));
}

/// Expects that `found` is what [type, shape, values] describes.
void expect_tensor(const at::Tensor& found, const Json& expected, const std::string& name) {
  static const std::map<std::string, at::ScalarType> types = {
      {"float32", at::kFloat}, {"float64", at::kDouble}, {"float16", at::kHalf}, {"bfloat16", at::kBFloat16},
      {"int64", at::kLong},    {"int32", at::kInt},      {"int16", at::kShort},  {"int8", at::kChar},
      {"uint8", at::kByte},    {"bool", at::kBool}};
  const at::ScalarType type = types.at(expected[0].get<std::string>());
  const auto shape = expected[1].get<std::vector<int64_t>>();
  ASSERT_EQ(found.scalar_type(), type) << name;
  ASSERT_EQ(found.sizes().vec(), shape) << name;
  std::vector<at::Tensor> values = {at::empty({0}, type)};
  for (const Json& value : expected[2]) {
    values.push_back(at::full({1},
                              value.is_number_float() ? at::Scalar(value.get<double>())
                              : value.is_boolean()    ? at::Scalar(value.get<bool>())
                                                      : at::Scalar(value.get<int64_t>()),
                              type));
  }
  EXPECT_TRUE(found.equal(at::cat(values).view(shape))) << name << ": " << found;
}

/// Expects the tensors that `expected` describes, in its order.
void expect_tensors(const NamedTensors& found, const Json& expected, const std::string& file) {
  ASSERT_EQ(found.size(), expected.size()) << file;
  size_t i = 0;
  for (const auto& [name, description] : expected.items()) {
    EXPECT_EQ(found[i].first, name) << file;
    expect_tensor(found[i].second, description, file + ": " + name);
    ++i;
  }
}

/// Files that PyTorch itself wrote.
class TorchFile : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TemporaryFolder;
    status_ = oracle(fmt::format("write '{}'", folder_->path().string()));
  }
  static void TearDownTestSuite() { delete folder_; }
  void SetUp() override {
    if (status_ == kNoTorch) GTEST_SKIP() << "/usr/bin/python3 has no torch: apt-get install python3-torch";
    ASSERT_EQ(status_, 0);
  }
  static NamedTensors read(const std::string& name) { return read_weights(*folder_ / name); }
  static Json expected() { return Json::parse(read_file(*folder_ / "expected.json")); }

  static test::TemporaryFolder* folder_;
  static int status_;
};
test::TemporaryFolder* TorchFile::folder_ = nullptr;
int TorchFile::status_ = 0;

TEST_F(TorchFile, GivesWhatPythonSaved) {
  const Json files = expected();
  EXPECT_EQ(files.size(), 15U);
  for (const auto& [file, tensors] : files.items()) expect_tensors(read(file), tensors, file);
}

TEST_F(TorchFile, KeepsSharedMemoryShared) {
  for (const std::string file : {"views.zip.pth", "views.legacy.pth"}) {
    const NamedTensors tensors = read(file);
    ASSERT_EQ(tensors[2].first, "slice");
    EXPECT_EQ(tensors[1].second.data_ptr(), tensors[0].second.data_ptr());
    EXPECT_EQ(tensors[2].second.strides().vec(), (std::vector<int64_t>{12, 4, 2}));
    tensors[0].second.fill_(7);
    EXPECT_EQ(tensors[2].second.sum().item<float>(), 7.F * 8);
  }
}

TEST_F(TorchFile, RefusesWholeModulesByTheNameOfTheirClass) {
  test::expect_message<DataError>([] { read("module.pth"); }, "module.pth: its pickle asks for \"torch.nn.modules.",
                                  "torch.save(model.state_dict(), path)");
}

TEST_F(TorchFile, RefusesTypesThatItDoesNotKnow) {
  test::expect_message<DataError>([] { read("complex.pth"); }, "asks for \"torch.ComplexFloatStorage\"");
}

TEST_F(TorchFile, RefusesALoneTensor) {
  test::expect_message<DataError>([] { read("tensor.pth"); }, "holds no dictionary of tensors");
}

TEST_F(TorchFile, WrittenOnesLoadInPythonWithWeightsOnly) {
  const NamedTensors tensors = {{"conv1[T1].weight", at::arange(6, at::kFloat).view({2, 3}).t()},
                                {"double", at::tensor({1.0 / 3}, at::kDouble)},
                                {"half", at::tensor({0.5, -2.0}).to(at::kHalf)},
                                {"bfloat16", at::tensor({0.5, -2.0}).to(at::kBFloat16)},
                                {"long", at::tensor({int64_t{1} << 60, int64_t{-1}}, at::kLong)},
                                {"byte", at::tensor({0, 255}).to(at::kByte)},
                                {"bool", at::tensor({1, 0}).to(at::kBool)},
                                {"scalar", at::scalar_tensor(3.0, at::kFloat)},
                                {"empty", at::empty({0, 4}, at::kFloat)}};
  const auto file = folder_->write("ours.pth", encode_torch(tensors));
  const auto answer = *folder_ / "answer.json";
  ASSERT_EQ(oracle(fmt::format("read '{}' > '{}'", file.string(), answer.string())), 0);
  expect_tensors(tensors, Json::parse(read_file(answer)), "ours.pth");
}

TEST(TorchWriter, RoundTripKeepsNamesOrderTypesAndBits) {
  const NamedTensors tensors = {{"b", at::tensor({1.5F, -0.0F, NAN})}, {"a", at::arange(6).view({2, 3}).t()}};
  const NamedTensors back = decode_torch_zip(encode_torch(tensors), "w.pth");
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].first, "b");
  EXPECT_EQ(std::memcmp(back[0].second.data_ptr(), tensors[0].second.data_ptr(), 12), 0);
  EXPECT_TRUE(back[1].second.equal(tensors[1].second));
  EXPECT_TRUE(decode_torch_zip(encode_torch({}), "w.pth").empty());
}

TEST(TorchWriter, SameTensorsGiveTheSameBytes) {
  EXPECT_EQ(encode_torch({{"a", at::ones({2})}}), encode_torch({{"a", at::ones({2})}}));
}

TEST(TorchWriter, RefusesTypesThatPyTorchsPicklesHaveNot) {
  test::expect_message<InvalidArgument>(
      [] {
        encode_torch({{"a", at::zeros({1}, at::kComplexFloat)}});
      },
      "tensor \"a\": ComplexFloat cannot be written for PyTorch.");
}

}  // namespace
}  // namespace reconcile
