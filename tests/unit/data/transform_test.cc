#include "reconcile/data/transform.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/image_set.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const TaskSet kDenseTasks{{"labels", TaskKind::kSegmentation, 100},
                          {"depth", TaskKind::kDepth, 1},
                          {"normals", TaskKind::kNormals, 3},
                          {"class", TaskKind::kClassification, 9}};
constexpr int64_t kHeight = 12;
constexpr int64_t kWidth = 16;

/// Every map is a ramp from left to right: label = column, depth = column + 1, first normal = column / 16, gray the
/// same; so what became of a sample can be read from it.
std::shared_ptr<const Dataset> ramps(int64_t count) {
  const at::Tensor columns = at::arange(kWidth, at::kFloat).expand({count, 1, kHeight, kWidth});
  const at::Tensor normals = at::cat({columns / kWidth, at::ones_like(columns), at::zeros_like(columns)}, 1);
  return std::make_shared<ImageSet>(
      kDenseTasks, (columns / kWidth).contiguous(),
      std::vector{columns.squeeze(1).to(at::kLong), columns + 1, normals, at::full({count}, 7, at::kLong)});
}

Batch seen(const TransformOptions& options, int64_t count = 20, bool training = true) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < count; ++i) samples.push_back(i);
  return transformed(ramps(count), options, training)->batch(samples, Rng(3));
}

TEST(Transform, NormalisesEveryChannel) {
  const at::Tensor x = at::full({2, 3, 1, 1}, 0.5);
  EXPECT_TRUE(normalise(x, {}).equal(x));
  const at::Tensor y = normalise(x, {.mean = {0.5, 0.25, 0.0}, .std = {0.5}});
  EXPECT_TRUE(y[1].flatten().allclose(at::tensor({0.0, 0.5, 1.0}, x.options())));
}

TEST(Transform, LeavesEvaluationUntouchedButForNormalisation) {
  const Batch batch = seen({.std = {2}, .zoom = {1.5}, .flip = true}, 3, false);
  const Batch plain = ramps(3)->batch(std::vector<int64_t>{0, 1, 2});
  EXPECT_TRUE(batch.inputs.of_task(0).equal(plain.inputs.of_task(0) / 2));
  for (size_t t = 0; t < kDenseTasks.size(); ++t) EXPECT_TRUE(batch.targets[t].equal(plain.targets[t]));
}

TEST(Transform, MirrorsInputsAndTargetsTogetherAndNegatesTheFirstNormal) {
  const Batch batch = seen({.flip = true});
  int mirrored = 0;
  for (int64_t i = 0; i < 20; ++i) {
    const bool is_mirrored = batch.targets[0][i][0][0].item<int64_t>() == kWidth - 1;
    mirrored += is_mirrored ? 1 : 0;
    EXPECT_TRUE((batch.inputs.of_task(0)[i][0] * kWidth).equal(batch.targets[0][i].to(at::kFloat)));
    EXPECT_TRUE(batch.targets[1][i][0].equal(batch.targets[0][i].to(at::kFloat) + 1));
    EXPECT_TRUE(batch.targets[2][i][0].equal(batch.inputs.of_task(0)[i][0] * (is_mirrored ? -1 : 1)));
    EXPECT_TRUE(batch.targets[2][i][1].equal(at::ones({kHeight, kWidth})));
  }
  EXPECT_GT(mirrored, 3);
  EXPECT_LT(mirrored, 17);
  EXPECT_TRUE(batch.targets[3].equal(at::full({20}, 7, at::kLong)));
}

TEST(Transform, EnlargesAWindowAndScalesDepth) {
  const double zoom = 1.5;
  for (const auto& [rule, factor] :
       std::map<std::string, double>{{"divide", 1 / zoom}, {"multiply", zoom}, {"keep", 1}}) {
    const Batch batch = seen({.zoom = {zoom}, .depth_under_zoom = rule});
    for (int64_t i = 0; i < 20; ++i) {
      const at::Tensor labels = batch.targets[0][i];
      EXPECT_EQ(labels[0][kWidth - 1].item<int64_t>() - labels[0][0].item<int64_t>(), 9) << "10 columns fill 16";
      EXPECT_TRUE(batch.targets[1][i][0].allclose((labels.to(at::kFloat) + 1) * factor));
      const at::Tensor row = batch.inputs.of_task(0)[i][0][5] * kWidth;
      const at::Tensor first = labels[0][0].to(at::kFloat);
      EXPECT_TRUE(row.allclose(first + at::linspace(0, 9, kWidth), 1e-4, 1e-4)) << "bilinear, corners aligned";
      EXPECT_TRUE((batch.targets[2][i][0][5] * kWidth).allclose(row, 1e-4, 1e-4));
    }
  }
}

TEST(Transform, ShrinksOntoAnUnknownCanvas) {
  const Batch batch = seen({.zoom = {0.5}});
  std::set<int64_t> corners;
  for (int64_t i = 0; i < 20; ++i) {
    const at::Tensor known = batch.targets[0][i].ge(0);
    EXPECT_EQ(known.sum().item<int64_t>(), kHeight * kWidth / 4);
    corners.insert(known.flatten().nonzero()[0].item<int64_t>());
    EXPECT_TRUE(batch.targets[1][i][0].gt(0).equal(known));
    EXPECT_TRUE(batch.targets[2][i][1].gt(0).equal(known));
    EXPECT_TRUE(batch.inputs.of_task(0)[i][0].masked_select(~known).eq(0.5).all().item<bool>());
    EXPECT_EQ(batch.targets[1][i].max().item<float>(), 2 * (14 + 1)) << "the last column that the nearest pixel takes";
  }
  EXPECT_GT(corners.size(), 5U);
}

TEST(Transform, OfASampleDependsOnItsStreamAlone) {
  const TransformOptions options{.zoom = {1, 1.2, 1.5, 0.7}, .flip = true};
  const Batch all = seen(options, 20);
  const Batch few = seen(options, 5);
  EXPECT_TRUE(all.inputs.of_task(0).slice(0, 0, 5).equal(few.inputs.of_task(0)));
  const auto alone = transformed(ramps(5), options, true)->only(1);
  EXPECT_TRUE(alone->batch(std::vector<int64_t>{0, 1, 2, 3, 4}, Rng(3)).targets[0].equal(few.targets[1]));
}

TEST(Transform, RefusesNumbersThatDoNotFitTheChannels) {
  const Where where = [](const std::string& key) { return "[transform] " + key; };
  check_transform({.mean = {0.5}, .std = {1, 2, 3}}, {3, 8, 8}, where);
  test::expect_message<InvalidArgument>(
      [&] {
        check_transform({.mean = {1, 2}}, {3, 8, 8}, where);
      },
      {"[transform] mean = [1, 2], give one number, or one for each of the 3"});
}

}  // namespace
}  // namespace reconcile
