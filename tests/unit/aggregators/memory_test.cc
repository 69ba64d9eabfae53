#include "reconcile/aggregators/memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

/// Adds up the rows of all steps and counts them.
class Total final : public RememberingAggregator {
 public:
  Total() : RememberingAggregator("total", {"count", "rows"}) {}

  Aggregation operator()(const TaskGradients& gradients, Rng& /*rng*/, at::Tensor& gradient) override {
    numbers("count", {1}, 0.0) += 1;
    gradient.copy_(rows_like("rows", gradients.rows()).add_(gradients.rows()).sum(0));
    return {};
  }
};

TEST(Memory, IsEmptyBeforeTheFirstStep) {
  Rng rng(1);
  Total total;
  EXPECT_TRUE(total.state().empty());
  total.load_state({});
  aggregate(total, matrix({{1, 2}}), rng);
  EXPECT_TRUE(aggregate(total, matrix({{3, 1}}), rng).direction.equal(at::tensor({4., 3.}, at::kDouble)));
  ASSERT_EQ(total.state().size(), 2U);
  EXPECT_EQ(total.state()[0].second.item<double>(), 2);
  total.load_state({});
  EXPECT_TRUE(total.state().empty());
}

TEST(Memory, OwnsWhatItLoads) {
  Rng rng(1);
  Total first;
  aggregate(first, matrix({{1, 2}}), rng);
  Total second;
  second.load_state(first.state());
  aggregate(second, matrix({{1, 2}}), rng);
  EXPECT_TRUE(first.state()[1].second.equal(matrix({{1, 2}})));
  EXPECT_TRUE(second.state()[1].second.equal(matrix({{2, 4}})));
}

TEST(Memory, NamesWhatDoesNotFit) {
  Rng rng(1);
  Total total;
  test::expect_message<StateError>(
      [&] {
        total.load_state({{"rows", at::ones({1})}});
      },
      "aggregator \"total\": the checkpoint holds rows, this method keeps count, rows.");
  total.load_state({{"count", at::ones({1}, at::kDouble)}, {"rows", at::ones({3, 2})}});
  test::expect_message<StateError>(
      [&] {
        aggregate(total, matrix({{1, 2}}), rng);
      },
      "it remembers \"rows\" of shape [3, 2], this step needs [1, 2].");
}

}  // namespace
}  // namespace reconcile
