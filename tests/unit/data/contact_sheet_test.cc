#include "reconcile/data/contact_sheet.h"

#include <ATen/ATen.h>

#include "reconcile/core/target.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/statistics.h"
#include "reconcile/data/task_picture.h"
#include "unit/base/support.h"
#include "unit/data/image_sets.h"

namespace reconcile {
namespace {

TEST(TaskPicture, ClassesHaveColoursAndUnknownIsStriped) {
  const Task task{"s", TaskKind::kSegmentation, 40};
  const at::Tensor classes = at::arange(-1, 39).view({4, 10});
  const at::Tensor picture = task_picture(task, classes);
  EXPECT_EQ(picture.sizes(), (std::vector<int64_t>{3, 4, 10}));
  std::set<std::vector<int64_t>> colours;
  for (int64_t i = 1; i < 40; ++i) colours.insert(test::pixel(picture, i / 10, i % 10));
  EXPECT_EQ(colours.size(), 39U) << "all different";
  const auto unknown = test::pixel(picture, 0, 0);
  EXPECT_TRUE(unknown == (std::vector<int64_t>{80, 80, 80}) || unknown == (std::vector<int64_t>{40, 40, 40}));
  EXPECT_EQ(test::pixel(task_picture(task, classes.roll(3)), 0, 5), test::pixel(picture, 0, 2))
      << "the same in every sample";
}

TEST(TaskPicture, DepthGoesFromNearYellowToFarViolet) {
  at::Tensor depth = at::arange(0, 12).to(at::kFloat).view({1, 3, 4});
  const at::Tensor picture = task_picture({"d", TaskKind::kDepth, 1}, depth);
  EXPECT_EQ(test::pixel(picture, 0, 1), (std::vector<int64_t>{253, 231, 37}));
  EXPECT_EQ(test::pixel(picture, 2, 3), (std::vector<int64_t>{68, 1, 84}));
  EXPECT_EQ(test::pixel(picture, 0, 0)[0], test::pixel(picture, 0, 0)[1]) << "unknown is gray";
}

TEST(TaskPicture, NormalsAreRedGreenBlueAndMasksBlackOrWhite) {
  at::Tensor normals = at::zeros({3, 1, 2});
  normals[2][0][1] = 1;
  EXPECT_EQ(test::pixel(task_picture({"n", TaskKind::kNormals, 3}, normals), 0, 1),
            (std::vector<int64_t>{128, 128, 255}));
  const at::Tensor mask = at::tensor({1.0F, 0.0F, -1.0F}).view({1, 1, 3});
  const at::Tensor picture = task_picture({"e", TaskKind::kEdges, 1}, mask);
  EXPECT_EQ(test::pixel(picture, 0, 0)[0], 255);
  EXPECT_EQ(test::pixel(picture, 0, 1)[0], 0);
  EXPECT_NE(test::pixel(picture, 0, 2)[0], 0);
}

TEST(TaskPicture, KindsWithoutPixelsAreBarsAndWords) {
  const Task kind{"k", TaskKind::kClassification, 4};
  const at::Tensor bars = task_picture(kind, at::scalar_tensor(2, at::kLong));
  const auto background = test::pixel(bars, 0, 0);
  EXPECT_EQ(test::pixel(bars, 10, 30), background);
  EXPECT_NE(test::pixel(bars, 10, 60), background);
  EXPECT_EQ(task_words(kind, at::scalar_tensor(2, at::kLong), {}), "class 2");
  EXPECT_EQ(task_words(kind, at::scalar_tensor(2, at::kLong), {"a", "b", "c", "d"}), "c");
  EXPECT_EQ(task_words(kind, at::scalar_tensor(-1, at::kLong), {}), "unknown");
  const Task tags{"t", TaskKind::kMultiLabel, 3};
  EXPECT_EQ(task_words(tags, at::tensor({1.0F, 0.0F, 1.0F}), {"x", "y", "z"}), "x, z");
  EXPECT_EQ(task_words(tags, at::tensor({0.0F, 0.0F, -1.0F}), {}), "none");
  EXPECT_EQ(task_words(tags, at::full({3}, -1.0F), {}), "unknown");
  const Task numbers{"r", TaskKind::kRegression, 2};
  const at::Tensor values = at::tensor({-0.25F, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(task_words(numbers, values, {}), "-0.25, unknown");
  const at::Tensor signed_bars = task_picture(numbers, values);
  EXPECT_NE(test::pixel(signed_bars, 90, 10), test::pixel(signed_bars, 10, 10)) << "down from the middle";
  EXPECT_EQ(task_words({"d", TaskKind::kDepth, 1}, at::tensor({0.0F, 1.5F, 3.0F}), {}), "1.5 ... 3");
}

TEST(TaskPicture, InputsOfAnyRangeAndShape) {
  EXPECT_EQ(test::pixel(input_picture(at::full({1, 2, 2}, 0.5F)), 1, 1), (std::vector<int64_t>{128, 128, 128}));
  EXPECT_EQ(test::pixel(input_picture(at::tensor({-1.0F, 3.0F}).view({1, 1, 2})), 0, 1)[0], 255);
  EXPECT_EQ(input_picture(at::full({7, 2, 2}, 0.5F)).size(0), 3);
  EXPECT_EQ(input_picture(at::tensor({1.0F, -2.0F}).view({2, 1, 1})).size(1), 96) << "a row of a table is bars";
}

const TaskSet kSheetTasks{{"s", TaskKind::kSegmentation, 2}, {"k", TaskKind::kClassification, 3}};

ImageSet two_samples() {
  at::Tensor classes = at::zeros({2, 4, 6}, at::kLong);
  classes[1].fill_(1);
  classes[1][0].fill_(kVoid);
  return {kSheetTasks, at::full({2, 3, 4, 6}, 51, at::kByte), {classes, at::tensor({2L, kVoid})}};
}

TEST(ContactSheet, EnlargesSmallPicturesAndJoinsRows) {
  const ImageSet data = two_samples();
  const auto row = sheet_row(data, 0, Json{{"k", {"a", "b", "c"}}});
  ASSERT_EQ(row.size(), 3U);
  EXPECT_EQ(row[0].title, "input");
  EXPECT_EQ(row[0].picture.sizes(), (std::vector<int64_t>{3, 64, 96}));
  EXPECT_EQ(row[2].words, "c");
  const at::Tensor sheet = join_sheet({row, sheet_row(data, 1, Json::object())});
  EXPECT_EQ(sheet.sizes(), (std::vector<int64_t>{3, 4 + 2 * 100, 4 + 3 * 100}));
  EXPECT_EQ(test::pixel(sheet, 10, 10), (std::vector<int64_t>{51, 51, 51}));
}

TEST(ContactSheet, MakesLargePicturesSmaller) {
  const TaskSet task{{"k", TaskKind::kClassification, 3}};
  const ImageSet data(task, at::zeros({1, 1, 300, 600}, at::kByte), {at::zeros({1}, at::kLong)});
  EXPECT_EQ(sheet_row(data, 0, Json::object())[0].picture.sizes(), (std::vector<int64_t>{3, 128, 256}));
}

TEST(Statistics, CountWhatIsKnown) {
  const PartStatistics part = measure(two_samples(), 0);
  EXPECT_EQ(part.samples, 2);
  EXPECT_NEAR(part.inputs.mean(), 0.2, 1e-6);
  EXPECT_NEAR(part.inputs.deviation(), 0, 1e-6);
  EXPECT_EQ(part.tasks[0].counts, (std::vector<int64_t>{24, 18}));
  EXPECT_EQ(part.tasks[0].unknown, 6);
  EXPECT_EQ(part.tasks[0].samples, 2);
  EXPECT_EQ(part.tasks[1].counts, (std::vector<int64_t>{0, 0, 1}));
  EXPECT_EQ(part.tasks[1].samples, 1);
  EXPECT_EQ(measure(two_samples(), 1).samples, 1);
}

}  // namespace
}  // namespace reconcile
