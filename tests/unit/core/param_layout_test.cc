#include "reconcile/core/param_layout.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

ParamLayout layout_of(int64_t bias = 4) {
  ParamLayout layout;
  layout.add_layer("conv1");
  layout.add_parameter("conv1.weight", 36);
  layout.add_parameter("conv1.bias", bias);
  layout.add_layer("fc");
  layout.add_parameter("fc.weight", 10);
  return layout;
}

TEST(ParamLayout, PlacesParametersOneBehindTheOther) {
  const ParamLayout layout = layout_of();
  EXPECT_EQ(layout.size(), 50);
  EXPECT_EQ(layout.num_layers(), 2);
  EXPECT_EQ(layout.layers()[0], (ParamLayout::Range{"conv1", 0, 40}));
  EXPECT_EQ(layout.layers()[1], (ParamLayout::Range{"fc", 40, 50}));
  EXPECT_EQ(layout.parameters()[1], (ParamLayout::Range{"conv1.bias", 36, 40}));
  EXPECT_EQ(layout.parameters()[2].size(), 10);
}

TEST(ParamLayout, StartsEmpty) {
  EXPECT_EQ(ParamLayout().size(), 0);
  EXPECT_EQ(ParamLayout().num_layers(), 0);
}

TEST(ParamLayout, FitsItsOwnJson) {
  EXPECT_EQ(layout_of().to_json().dump(),
            R"([{"name":"conv1.weight","size":36},{"name":"conv1.bias","size":4},{"name":"fc.weight","size":10}])");
  layout_of().require_same(Json::parse(layout_of().to_json().dump()), "checkpoint");
}

TEST(ParamLayout, NamesTheFirstParameterThatDiffers) {
  expect_message<StateError>([] { layout_of(4).require_same(layout_of(5).to_json(), "run/checkpoint"); },
                             "run/checkpoint: shared parameter 1 is {\"name\":\"conv1.bias\",\"size\":5} there and "
                             "{\"name\":\"conv1.bias\",\"size\":4} in this model.");
}

TEST(ParamLayout, NamesWhatOneSideLacks) {
  Json stored = layout_of().to_json();
  stored.push_back({{"name", "more"}, {"size", 1}});
  expect_message<StateError>(
      [&] { layout_of().require_same(stored, "f"); },
      "shared parameter 3 is {\"name\":\"more\",\"size\":1} there and \"nothing\" in this model");
  stored.erase(stored.begin() + 2, stored.end());
  expect_message<StateError>([&] { layout_of().require_same(stored, "f"); }, "shared parameter 2 is \"nothing\" there");
}

}  // namespace
}  // namespace reconcile
