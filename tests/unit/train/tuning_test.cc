#include "reconcile/train/tuning.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

Batch tuning_batch() {
  std::vector<int64_t> samples(16);
  std::iota(samples.begin(), samples.end(), 0);
  return quadrants(16, 3)->batch(samples);
}

TEST(Tuning, MeasuresBothLayoutsAndChangesNothing) {
  const auto model = tiny_model();
  NamedTensors before;
  for (const auto& [name, tensor] : model->state()) before.emplace_back(name, tensor.clone());
  const Tuning tuning = tune(*model, tuning_batch(), "auto", Precision::kFloat32);
  EXPECT_GT(tuning.nchw_seconds, 0.0);
  EXPECT_GT(tuning.position_seconds, 0.0);
  const NamedTensors after = model->state();
  for (size_t i = 0; i < after.size(); ++i) EXPECT_TRUE(at::equal(after[i].second, before[i].second)) << after[i].first;
  EXPECT_NE(to_text(tuning).find("a pass takes"), std::string::npos);
}

TEST(Tuning, ALayoutThatWasNamedIsNotMeasured) {
  const auto model = tiny_model();
  for (const std::string layout : {"nchw", "position"}) {
    const Tuning tuning = tune(*model, tuning_batch(), layout, Precision::kFloat32);
    EXPECT_EQ(layout_name(tuning.arithmetic.layout), layout);
    EXPECT_EQ(tuning.nchw_seconds, 0.0);
  }
}

TEST(Tuning, BfloatProductsNeedPositionMajorMaps) {
  const auto model = tiny_model();
  EXPECT_EQ(tune(*model, tuning_batch(), "auto", Precision::kBfloat16).arithmetic.layout, Layout::kPosition);
  test::expect_message<InvalidArgument>([&] { tune(*model, tuning_batch(), "nchw", Precision::kBfloat16x3); },
                                        "train.precision = \"bfloat16x3\", but layout = \"nchw\"",
                                        "Set layout to \"position\"");
}

}  // namespace
}  // namespace reconcile
