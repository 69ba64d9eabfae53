#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

std::unique_ptr<Aggregator> graddrop(const Json& options = Json::object()) {
  return make(aggregator_entries::graddrop_entry(), options);
}

TEST(GradDrop, KeepsOneSignInEveryCoordinate) {
  Rng rng(1);
  const at::Tensor rows = matrix({{1, -2, 3, 0}, {1, -1, -3, 0}, {1, 0, 1, 0}});
  for (int step = 0; step < 50; ++step) {
    const at::Tensor d = aggregate(*graddrop(), rows, rng).direction;
    EXPECT_EQ(d[0].item<double>(), 3);
    EXPECT_EQ(d[1].item<double>(), -3);
    EXPECT_TRUE(d[2].item<double>() == 4 || d[2].item<double>() == -3);
    EXPECT_EQ(d[3].item<double>(), 0);
  }
}

TEST(GradDrop, ChoosesPositiveWithProbabilityP) {
  Rng rng(1);
  const int64_t P = 100000;
  const at::Tensor rows = at::stack({at::full({P}, 3.0, at::kDouble), at::full({P}, -1.0, at::kDouble)});
  const at::Tensor d = aggregate(*graddrop(), rows, rng).direction;
  EXPECT_NEAR((d > 0).to(at::kDouble).mean().item<double>(), 0.75, 0.005);
}

TEST(GradDrop, MovesTheRngOnByOneDrawPerCoordinate) {
  Rng rng(1);
  const at::Tensor rows = at::ones({2, 3001}, at::kDouble);
  aggregate(*graddrop(), rows, rng);
  EXPECT_EQ(rng.counter(), 3001U);
  aggregate(*graddrop(), rows, rng);
  EXPECT_EQ(rng.counter(), 6002U);
}

TEST(GradDrop, LeaksItsShareOfDroppedEntries) {
  Rng rng(1);
  const at::Tensor rows = matrix({{3, 3, 3, 3}, {-1, -1, -1, -1}});
  const at::Tensor all = aggregate(*graddrop({{"leak", {1.0, 1.0}}}), rows, rng).direction;
  EXPECT_TRUE(all.equal(at::full({4}, 2.0, at::kDouble)));
  const at::Tensor second = aggregate(*graddrop({{"leak", {0.0, 0.5}}}), rows, rng).direction;
  EXPECT_TRUE(((second == 2.5) | (second == -1)).all().item<bool>()) << second;
}

TEST(GradDrop, WantsOneLeakForEachTask) {
  Rng rng(1);
  test::expect_message<InvalidArgument>(
      [&] {
        aggregate(*graddrop({{"leak", {0.5, 0.5}}}), at::ones({3, 2}), rng);
      },
      "leak has 2 values for 3 tasks");
  EXPECT_THROW(graddrop({{"leak", {1.5}}}), InvalidArgument);
}

TEST(GradDrop, WritesThroughAStridedDirection) {
  Rng rng(1);
  const at::Tensor rows = at::ones({2, 5}, at::kDouble);
  at::Tensor wide = at::zeros({5, 2}, at::kDouble);
  at::Tensor column = wide.select(1, 0);
  (*graddrop())(gradients_of(rows), rng, column);
  EXPECT_TRUE(wide.select(1, 0).equal(at::full({5}, 2.0, at::kDouble)));
  EXPECT_TRUE(wide.select(1, 1).equal(at::zeros({5}, at::kDouble)));
}

}  // namespace
}  // namespace reconcile
