#include "reconcile/data/pack.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/core/target.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/packed_file.h"
#include "reconcile/data/sample_set.h"
#include "reconcile/files/mapped_file.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const TaskSet kAll{{"semantic", TaskKind::kSegmentation, 300},
                   {"depth", TaskKind::kDepth, 1},
                   {"edge", TaskKind::kEdges, 1},
                   {"kind", TaskKind::kClassification, 4},
                   {"tags", TaskKind::kMultiLabel, 2},
                   {"numbers", TaskKind::kRegression, 2}};

/// `count` images of bytes with targets of every sort of type.
std::shared_ptr<const Dataset> make_part(int64_t count) {
  const at::Tensor images = at::arange(count * 3 * 4 * 5).remainder(256).to(at::kByte).view({count, 3, 4, 5});
  const at::Tensor pixels = at::arange(count * 20).view({count, 4, 5});
  std::vector<at::Tensor> targets{pixels.remainder(301) - 1,
                                  pixels.to(at::kFloat).unsqueeze(1) / 7,
                                  (pixels.remainder(3) - 1).unsqueeze(1).to(at::kFloat),
                                  at::arange(count).remainder(4),
                                  at::ones({count, 2}),
                                  at::full({count, 2}, std::nan(""), at::kFloat)};
  return std::make_shared<ImageSet>(kAll, images, targets);
}

void expect_same(const Dataset& a, const Dataset& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.tasks(), b.tasks());
  EXPECT_EQ(a.input_shape(), b.input_shape());
  for (int64_t i = 0; i < a.size(); ++i) {
    const Batch x = a.batch(std::vector<int64_t>{i});
    const Batch y = b.batch(std::vector<int64_t>{i});
    ASSERT_EQ(x.inputs.partition(), y.inputs.partition());
    for (int64_t t = 0; t < std::ssize(a.tasks()); ++t) {
      EXPECT_TRUE(x.inputs.of_task(t).equal(y.inputs.of_task(t))) << i;
      EXPECT_TRUE(x.targets[t].nan_to_num(-7).equal(y.targets[t].nan_to_num(-7))) << a.tasks()[t].name << i;
    }
  }
}

DataSplits splits() { return {make_part(40), make_part(17), make_part(3), {{"made", "here"}}}; }

TEST(Pack, GivesTheSameBatches) {
  const test::TemporaryFolder folder;
  const auto path = folder / "all.pack";
  const DataSplits data = splits();
  const auto written = pack(data, path);
  EXPECT_EQ(written, std::filesystem::file_size(path));
  const DataSplits packed = load_packed(path, true);
  expect_same(*packed.train, *data.train);
  expect_same(*packed.validation, *data.validation);
  expect_same(*packed.test, *data.test);
  EXPECT_EQ(packed.fingerprint.at("source"), data.fingerprint);
  const DataSignature signature = packed_signature(path);
  EXPECT_EQ(signature.tasks, kAll);
  EXPECT_EQ(signature.input_shape, (std::vector<int64_t>{3, 4, 5}));
}

TEST(Pack, ChoosesTheNarrowestTypeThatKeepsTheNumbers) {
  const test::TemporaryFolder folder;
  pack(splits(), folder / "all.pack");
  std::map<std::string, at::ScalarType> types;
  for (const auto& [name, tensor] : map_safetensors(folder / "all.pack")) types[name] = tensor.scalar_type();
  EXPECT_EQ(types.at("train/input"), at::kByte);
  EXPECT_EQ(types.at("train/target/semantic"), at::kShort) << "300 classes";
  EXPECT_EQ(types.at("train/target/depth"), at::kFloat);
  EXPECT_EQ(types.at("train/target/edge"), at::kChar);
  EXPECT_EQ(types.at("train/target/kind"), at::kChar);
  EXPECT_EQ(types.at("train/target/tags"), at::kChar);
  EXPECT_EQ(types.at("train/target/numbers"), at::kFloat) << "NaN";
}

TEST(Pack, KeepsFloatsThatAreNoBytes) {
  const test::TemporaryFolder folder;
  const TaskSet task{{"kind", TaskKind::kClassification, 2}};
  const auto part = std::make_shared<ImageSet>(task, at::linspace(-2, 3, 12).view({3, 1, 2, 2}),
                                               std::vector{at::zeros({3}, at::kLong)});
  pack({part, part, part, {}}, folder / "f.pack");
  expect_same(*load_packed(folder / "f.pack", true).train, *part);
}

/// Images of their own, four for the first task and two for the second.
std::shared_ptr<const Dataset> two_lengths(WhenShorter when) {
  const auto images = [](int64_t size, int64_t first) {
    return Column{size, [=](int64_t i) { return at::full({1, 1, 1}, first + i, at::kByte); }, {}};
  };
  const auto classes = [](int64_t size) {
    return Column{size, [](int64_t i) { return at::scalar_tensor(i, at::kLong); }, {}};
  };
  const TaskSet tasks{{"a", TaskKind::kClassification, 5}, {"b", TaskKind::kClassification, 5}};
  return std::make_shared<SampleSet>(tasks, std::vector<int64_t>{1, 1, 1}, std::vector{images(4, 0), images(2, 100)},
                                     std::vector{classes(4), classes(2)}, when);
}

TEST(Pack, KeepsInputsOfDifferentLength) {
  const test::TemporaryFolder folder;
  const auto train = two_lengths(WhenShorter::kRepeat);
  const auto test = two_lengths(WhenShorter::kUnknown);
  pack({train, test, test, {}}, folder / "m.pack");
  const DataSplits packed = load_packed(folder / "m.pack", true);
  expect_same(*packed.train, *train);
  expect_same(*packed.test, *test);
  EXPECT_EQ(packed.train->only(1)->size(), 2);
}

TEST(Pack, KeepsAPartWithoutSamples) {
  const test::TemporaryFolder folder;
  pack({make_part(4), make_part(0), make_part(2), {}}, folder / "e.pack");
  const DataSplits packed = load_packed(folder / "e.pack", true);
  EXPECT_EQ(packed.validation->size(), 0);
  EXPECT_EQ(packed.validation->input_shape(), packed.train->input_shape());
  EXPECT_EQ(packed.test->size(), 2);
}

TEST(Pack, LeavesNothingBehindWhenReadingFails) {
  const test::TemporaryFolder folder;
  Column broken{1, [](int64_t) -> at::Tensor { fail<DataError>("a.png: damaged."); }, {}};
  const auto bad =
      std::make_shared<SampleSet>(TaskSet{{"a", TaskKind::kClassification, 5}}, std::vector<int64_t>{1, 1, 1},
                                  std::vector{broken}, std::vector{broken}, WhenShorter::kRepeat);
  test::expect_message<DataError>([&] { pack({bad, bad, bad, {}}, folder / "x.pack"); }, "a.png: damaged.");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Pack, RefusesDataThatChangeBetweenTheReadings) {
  const test::TemporaryFolder folder;
  auto reads = std::make_shared<std::atomic<int>>(0);
  const TaskSet task{{"a", TaskKind::kRegression, 1}};
  const Column image{1, [](int64_t) { return at::zeros({1, 1, 1}); }, {}};
  const Column growing{1, [reads](int64_t) { return at::full({1}, (*reads)++ > 4 ? 0.5F : 1.0F); }, {}};
  const auto part = std::make_shared<SampleSet>(task, std::vector<int64_t>{1, 1, 1}, std::vector{image},
                                                std::vector{growing}, WhenShorter::kRepeat);
  test::expect_message<StateError>(
      [&] {
        pack({part, part, part, {}}, folder / "x.pack");
      },
      "changed while it was packed");
}

TEST(PackedFile, SaysWhatIsWrongWithIt) {
  const test::TemporaryFolder folder;
  const auto path = folder / "all.pack";
  pack(splits(), path);
  const std::string good = read_file(path);
  const auto expect = [&](const std::string& bytes, const std::string& part) {
    folder.write("bad.pack", bytes);
    test::expect_message<DataError>([&] { load_packed(folder / "bad.pack", true); }, "bad.pack: ", part);
  };
  expect("", "no packed data, or cut short");
  expect(good.substr(0, 100), "no packed data, or cut short");
  expect(std::string("\2\0\0\0\0\0\0\0{}", 10), "no packed data: ");
  std::string text = good;
  text.replace(text.find("packed-1"), 8, "packed-9");
  expect(text, "it has another format");
  text = good;
  text.back() ^= 1;
  expect(text, "has the checksum ");
  text = good;
  for (size_t at = text.find("test/target/tags"); at != std::string::npos; at = text.find("test/target/tags")) {
    text.replace(at, 16, "test/target/bags");
  }
  expect(text, "its header is damaged");
  text.replace(text.find("header_crc32"), 12, "header_crc33");  // as if an older version had packed it
  expect(text, "has no \"test/target/tags\"");
  expect(good.substr(0, good.size() - 1), "");
}

}  // namespace
}  // namespace reconcile
