#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/image_set.h"
#include "unit/files/temp_folder.h"

namespace reconcile {
namespace {

const TaskSet kTasks = {{.name = "digit", .num_outputs = 10}, {.name = "item", .num_outputs = 10}};

/// Four images of 1 x 1 x 2 with values 0 to 7.
std::shared_ptr<const ImageSet> four_images() {
  return std::make_shared<ImageSet>(kTasks, at::arange(8).to(at::kByte).view({4, 1, 1, 2}),
                                    std::vector<at::Tensor>{at::arange(4), at::arange(4) + 5});
}

TEST(ImageSet, GathersABatchInTheGivenOrder) {
  const auto images = four_images();
  EXPECT_EQ(images->size(), 4);
  EXPECT_EQ(images->input_shape(), (std::vector<int64_t>{1, 1, 2}));
  const std::vector<int64_t> samples = {3, 0, 3};
  const Batch batch = images->batch(samples);
  ASSERT_EQ(batch.inputs.values().size(), 1U);
  EXPECT_EQ(batch.inputs.partition().num_tasks(), 2);
  const at::Tensor expected = at::tensor({6.F, 7.F, 0.F, 1.F, 6.F, 7.F}).view({3, 1, 1, 2}) / 255;
  EXPECT_TRUE(batch.inputs.of_task(1).equal(expected));
  EXPECT_TRUE(batch.targets[0].equal(at::tensor({3, 0, 3}, at::kLong)));
  EXPECT_TRUE(batch.targets[1].equal(at::tensor({8, 5, 8}, at::kLong)));
}

TEST(ImageSet, MapsBytesToZeroToOne) {
  const ImageSet images(TaskSet{kTasks[0]}, at::tensor({0, 255}).to(at::kByte).view({1, 1, 1, 2}),
                        {at::zeros(1, at::kLong)});
  const std::vector<int64_t> samples = {0};
  EXPECT_TRUE(images.batch(samples).inputs.of_task(0).flatten().equal(at::tensor({0.F, 1.F})));
}

TEST(ImageSet, KeepsFloatsAsTheyAre) {
  const at::Tensor images = at::randn({2, 3, 2, 2});
  const ImageSet set(TaskSet{kTasks[0]}, images, {at::zeros(2, at::kLong)});
  const std::vector<int64_t> samples = {1, 0};
  EXPECT_TRUE(set.batch(samples).inputs.of_task(0).equal(images.flip(0)));
}

TEST(ImageSet, GathersDenseTargetsInTheTypeThatLossesRead) {
  const TaskSet tasks = {{"seg", TaskKind::kSegmentation, 3}, {"edge", TaskKind::kEdges, 1}};
  const at::Tensor classes = at::arange(-1, 3, at::kShort).view({2, 1, 2});
  const at::Tensor edges = at::tensor({0, 1, -1, 0}).to(at::kChar).view({2, 1, 1, 2});
  const ImageSet set(tasks, at::zeros({2, 3, 1, 2}, at::kByte), {classes, edges});
  const std::vector<int64_t> samples = {1};
  const Batch batch = set.batch(samples);
  EXPECT_TRUE(batch.targets[0].equal(at::tensor({1, 2}, at::kLong).view({1, 1, 2})));
  EXPECT_TRUE(batch.targets[1].equal(at::tensor({-1.F, 0.F}).view({1, 1, 1, 2})));
}

TEST(ImageSet, MayHaveImagesOfItsOwnForEveryTask) {
  const at::Tensor first = at::zeros({2, 1, 1, 1});
  const ImageSet set(kTasks, Streams(Partition::separate(2), {first, first + 1}), {at::arange(2), at::arange(2)});
  const std::vector<int64_t> samples = {0};
  EXPECT_EQ(set.batch(samples).inputs.of_task(0).item<float>(), 0);
  EXPECT_EQ(set.batch(samples).inputs.of_task(1).item<float>(), 1);
  const auto second = only_task(std::make_shared<ImageSet>(set), "item");
  EXPECT_EQ(second->batch(samples).inputs.of_task(0).item<float>(), 1);
}

TEST(ImageSet, RejectsImagesOfAnotherForm) {
  const std::vector<at::Tensor> targets = {at::arange(2)};
  const auto expect = [&](const Streams& images, const std::string& part) {
    test::expect_message<InvalidArgument>([&] { ImageSet({kTasks[0]}, images, targets); },
                                          {part, "must be uint8 or float32 [N, C, H, W]"});
  };
  expect(Streams::shared(at::zeros({2, 1, 3, 3}, at::kDouble), 1), "images are Double");
  expect(Streams::shared(at::zeros({2, 3, 3}), 1), "[2, 3, 3]");
  test::expect_message<InvalidArgument>(
      [&] {
        ImageSet(kTasks, Streams(Partition::separate(2), {at::zeros({2, 1, 3, 3}), at::zeros({3, 1, 3, 3})}),
                 {at::arange(2), at::arange(3)});
      },
      {"[3, 1, 3, 3]", "the same for all"});
}

TEST(ImageSet, RejectsTargetsThatDoNotFit) {
  const at::Tensor images = at::zeros({2, 1, 3, 3}, at::kByte);
  test::expect_message<InvalidArgument>([&] { ImageSet(kTasks, images, {at::arange(2)}); },
                                        {"images of 2 tasks and 1 targets for 2 tasks"});
  test::expect_message<InvalidArgument>([&] { ImageSet({}, Streams(Partition::shared(0), {}), {}); }, {"for 0 tasks"});
  test::expect_message<InvalidArgument>(
      [&] {
        ImageSet(kTasks, images, {at::arange(2), at::arange(3)});
      },
      {"task \"item\"", "[3], classification needs signed whole numbers [2]"});
  test::expect_message<InvalidArgument>(
      [&] {
        ImageSet(kTasks, images, {at::ones(2), at::arange(2)});
      },
      {"task \"digit\" are Float"});
}

TEST(OnlyTask, KeepsTheImagesAndOneTarget) {
  const auto item = only_task(four_images(), "item");
  EXPECT_EQ(item->tasks(), TaskSet{kTasks[1]});
  EXPECT_EQ(item->size(), 4);
  EXPECT_EQ(item->input_shape(), (std::vector<int64_t>{1, 1, 2}));
  const std::vector<int64_t> samples = {2};
  const Batch batch = item->batch(samples);
  EXPECT_EQ(batch.inputs.partition().num_tasks(), 1);
  EXPECT_TRUE(batch.inputs.of_task(0).equal(four_images()->batch(samples).inputs.of_task(0)));
  ASSERT_EQ(batch.targets.size(), 1U);
  EXPECT_EQ(batch.targets[0].item<int64_t>(), 7);
}

TEST(OnlyTask, RejectsAnUnknownTask) {
  test::expect_message<InvalidArgument>([] { only_task(four_images(), "digits"); },
                                        {"no task \"digits\"", "Did you mean \"digit\"?", "digit, item"});
}

}  // namespace
}  // namespace reconcile
