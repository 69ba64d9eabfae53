#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/data/field_targets.h"
#include "unit/base/support.h"
#include "unit/data/image_sets.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry fields_entry();
}
namespace {

const Json kEveryKind = {"class: classification(5)",  "labels: multi_label(3)", "numbers: regression(2)",
                         "semantic: segmentation(7)", "part: parts(4)",         "depth: depth",
                         "normal: normals",           "salient: saliency",      "edge: edges"};

std::string plain(const std::string& key) { return key; }

/// 300 training images, 20 of the others, unless told otherwise.
DataSplits fields(const Json& changes = {}) {
  Json options = {{"tasks", kEveryKind}, {"train_samples", 300}, {"validation_samples", 20}, {"test_samples", 20}};
  if (!changes.is_null()) options.update(changes);
  return dataset_entries::fields_entry().make(options, plain);
}

at::Tensor target(const DataSplits& data, const std::string& task) {
  const auto& tasks = data.train->tasks();
  for (size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].name == task) return test::image_set(data.train).targets()[t];
  }
  return {};
}

double share(const at::Tensor& of) { return of.to(at::kDouble).mean().item<double>(); }

TEST(Fields, TheSignatureIsThatOfTheData) {
  const DataSplits data = fields();
  const DataSignature signature = dataset_entries::fields_entry().signature({{"tasks", kEveryKind}}, plain);
  EXPECT_EQ(signature.tasks, data.train->tasks());
  EXPECT_EQ(signature.input_shape, data.train->input_shape());
  EXPECT_EQ(data.train->size(), 300);
  EXPECT_EQ(data.test->size(), 20);
}

TEST(Fields, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = fields().fingerprint;
  at::set_num_threads(4);
  const Json four = fields().fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  const Json other = fields({{"seed", 1}}).fingerprint;
  EXPECT_NE(one["train"]["images"], other["train"]["images"]);
  EXPECT_NE(one["validation"], one["test"]);
}

TEST(Fields, AShorterSetIsABeginningOfALongerOne) {
  const DataSplits some = fields({{"train_samples", 21}});
  const DataSplits more = fields({{"train_samples", 50}});
  EXPECT_TRUE(test::image_set(some.train)
                  .images()
                  .of_task(0)
                  .equal(test::image_set(more.train).images().of_task(0).slice(0, 0, 21)));
  for (size_t t = 0; t < kEveryKind.size(); ++t) {
    EXPECT_TRUE(
        test::image_set(some.train).targets()[t].equal(test::image_set(more.train).targets()[t].slice(0, 0, 21)));
  }
}

TEST(Fields, TargetsFollowFromTheImagesAlone) {
  const DataSplits data = fields({{"seed", 5}});
  for (size_t t = 0; t < kEveryKind.size(); ++t) {
    const Task& task = data.train->tasks()[t];
    const at::Tensor again = field_targets(task, test::image_set(data.train).images().of_task(0).slice(0, 100, 103));
    EXPECT_TRUE(again.equal(test::image_set(data.train).targets()[t].slice(0, 100, 103))) << task.name;
  }
}

// The shares that a task would have if its number were normal, within what a random mixture may shift.
TEST(Fields, NoAnswerIsRareAndNoneIsTheRule) {
  const DataSplits data = fields();
  const auto expect_classes = [&](const std::string& task, int64_t classes) {
    const at::Tensor known = target(data, task).masked_select(target(data, task).ge(0)).to(at::kLong);
    const at::Tensor shares = known.bincount({}, classes).to(at::kDouble) / known.numel();
    EXPECT_GT(shares.min().item<double>(), 0.25 / static_cast<double>(classes)) << task;
    EXPECT_LT(shares.max().item<double>(), 2.5 / static_cast<double>(classes)) << task;
  };
  expect_classes("class", 5);
  expect_classes("semantic", 7);
  expect_classes("part", 4);
  EXPECT_NEAR(share(target(data, "labels")), 0.5, 0.2);
  EXPECT_NEAR(share(target(data, "salient")), 0.25, 0.15);
  EXPECT_NEAR(share(target(data, "edge")), 0.2, 0.15);
  EXPECT_NEAR(target(data, "numbers").std().item<double>(), 1, 0.5);
  EXPECT_NEAR(target(data, "depth").median().item<double>(), 1, 0.3);
}

TEST(Fields, SomeImagesHaveNoParts) {
  const at::Tensor parts = target(fields(), "part").flatten(1).to(at::kLong);
  const at::Tensor is_void = parts.lt(0);
  EXPECT_TRUE(is_void.any(1).equal(is_void.all(1)));
  EXPECT_NEAR(share(is_void), 0.24, 0.12);
}

TEST(Fields, NormalsAreUnitVectorsThatFaceTheViewer) {
  const at::Tensor normals = target(fields(), "normal");
  EXPECT_LT((normals.square().sum(1) - 1).abs().max().item<double>(), 1e-5);
  EXPECT_GT(normals.select(1, 2).min().item<double>(), 0);
  EXPECT_GT(normals.select(1, 0).abs().mean().item<double>(), 0.1);
}

TEST(Fields, NormalsStandOnTheSlope) {
  const at::Tensor ramp = at::arange(32).mul(4).to(at::kByte).view({1, 1, 1, 32}).expand({1, 1, 32, 32});
  const at::Tensor normals = field_targets({"n", TaskKind::kNormals, 3}, ramp);
  EXPECT_LT(normals.select(1, 1).abs().max().item<double>(), 1e-5);  // level along y
  const at::Tensor inside = normals.select(1, 0).slice(2, 4, 28);
  EXPECT_GT(inside.abs().min().item<double>(), 0.1);
  EXPECT_LT((inside.max() - inside.min()).item<double>(), 1e-4);
}

TEST(Fields, TasksOfOneKindLookForDifferentThings) {
  const DataSplits data = fields({{"tasks", {"a: segmentation(4)", "b: segmentation(4)"}}});
  EXPECT_LT(share(target(data, "a").eq(target(data, "b"))), 0.7);
}

TEST(Fields, SeparateInputsDifferForEveryTask) {
  const DataSplits data = fields({{"tasks", {"a: depth", "b: depth"}}, {"inputs", "separate"}});
  const std::vector<int64_t> samples = {0, 1};
  const Batch batch = data.train->batch(samples);
  EXPECT_EQ(batch.inputs.partition(), Partition::separate(2));
  EXPECT_FALSE(batch.inputs.of_task(0).equal(batch.inputs.of_task(1)));
  const auto alone = only_task(data.train, "b");
  EXPECT_TRUE(alone->batch(samples).inputs.of_task(0).equal(batch.inputs.of_task(1)));
}

TEST(Fields, SmallAndEmptySetsOfAnyShapeWork) {
  for (const Json& shape : {Json{1, 4, 4}, Json{2, 5, 40}, Json{7, 33, 4}}) {
    EXPECT_NO_THROW(fields({{"shape", shape}, {"train_samples", 3}})) << shape;
  }
  const DataSplits none =
      fields({{"shape", {3, 4096, 4096}}, {"train_samples", 0}, {"validation_samples", 0}, {"test_samples", 0}});
  EXPECT_EQ(none.train->size(), 0);
}

TEST(Fields, RejectsOtherShapes) {
  for (const Json& shape : {Json{3, 32}, Json{3, 2, 32}}) {
    test::expect_message<InvalidArgument>(
        [&] {
          fields({{"shape", shape}});
        },
        {"dataset \"fields\": shape = [3, ", "[channels, height, width]"});
  }
  test::expect_message<InvalidArgument>([&] { fields({{"tasks", {"depth"}}}); }, {"dataset \"fields\": tasks"});
}

}  // namespace
}  // namespace reconcile
