#include "reconcile/aggregators/scoped.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/aggregators/entries.h"

namespace reconcile {
namespace {

/// Layers a.conv, a.bn, b.conv of 4, 2 and 3 parameters.
ParamLayout layout() {
  ParamLayout layout;
  layout.add_layer("a.conv");
  layout.add_parameter("a.conv.weight", 3);
  layout.add_parameter("a.conv.bias", 1);
  layout.add_layer("a.bn");
  layout.add_parameter("a.bn.weight", 2);
  layout.add_layer("b.conv");
  layout.add_parameter("b.conv.weight", 3);
  return layout;
}

at::Tensor rows() {
  return at::tensor({1.0, -2.0, 0.5, 3.0, 1.0, 1.0, -1.0, 2.0, 0.0,  //
                     -1.0, 1.0, 2.0, -1.0, 2.0, -3.0, 1.0, 1.0, 4.0})
      .view({2, 9});
}

at::Tensor direction(Aggregator& aggregator, const ParamLayout& layout, const at::Tensor& rows) {
  at::Tensor result = at::zeros({rows.size(1)}, rows.options());
  Rng rng(1);
  aggregator(TaskGradients(layout, rows), rng, result);
  return result;
}

TEST(Scoped, BlocksAreLayersOrStages) {
  const auto layers = blocks_of(layout(), Scope::kLayer);
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[1], (ParamLayout::Range{"a.bn", 1, 2}));
  const auto stages = blocks_of(layout(), Scope::kStage);
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0], (ParamLayout::Range{"a", 0, 2}));
}

TEST(Scoped, EveryBlockIsAggregatedAsIfItWereAlone) {
  const auto make = [] { return ::reconcile::make(aggregator_entries::mgda_entry()); };
  ScopedAggregator scoped(Scope::kStage, make);
  EXPECT_FALSE(scoped.gives_weights());
  const at::Tensor actual = direction(scoped, layout(), rows());
  for (const auto& [begin, end] : {std::pair{0, 6}, std::pair{6, 9}}) {
    ParamLayout block;
    block.add_layer("block");
    block.add_parameter("block.weight", end - begin);
    EXPECT_TRUE(actual.slice(0, begin, end).equal(direction(*make(), block, rows().slice(1, begin, end))));
  }
  EXPECT_FALSE(actual.equal(direction(*make(), layout(), rows())));
}

TEST(Scoped, ANameOfNoBlockIsRefused) {
  ScopedAggregator scoped(Scope::kLayer, [] { return make(aggregator_entries::moco_entry()); });
  EXPECT_THROW(scoped.load_state({{"weights", at::ones({2})}}), StateError);
}

// A gradient that is not finite in the last block leaves the memory of the first as it was.
TEST(Scoped, MovesNoMemoryIfABlockIsNotFinite) {
  ScopedAggregator scoped(Scope::kStage, [] { return make(aggregator_entries::moco_entry()); });
  direction(scoped, layout(), rows());
  const at::Tensor before = scoped.state()[0].second.clone();
  at::Tensor bad = rows();
  bad[1][8] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(direction(scoped, layout(), bad), StateError);
  EXPECT_TRUE(scoped.state()[0].second.equal(before));
}

}  // namespace
}  // namespace reconcile
