#include "reconcile/report/directions_chart.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

const Json kResults = {{{"method", "mgda"}, {"direction", {0.5, 0.5}}, {"fallback", "zero row"}},
                       {{"method", "sum"}, {"direction", {30.0, 1.0}}, {"fallback", ""}}};

TEST(DirectionsChart, HasAPanelWithArrowsForEveryMethod) {
  const std::string chart = directions_chart({{1.0, 0.0}, {0.0, 1.0}}, kResults);
  EXPECT_TRUE(chart.starts_with("<svg xmlns="));
  for (const char* text : {"mgda", "sum", "zero row", "task 1", "(30, 1)"}) {
    EXPECT_NE(chart.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(count(chart, "class=\"grey band\""), 2U);  // the common half-planes, once a panel
}

TEST(DirectionsChart, ShadesNothingWhereEveryDirectionRaisesATask) {
  const std::string chart = directions_chart({{1.0, 0.0}, {-1.0, 1.0}, {-1.0, -1.0}}, kResults);
  EXPECT_EQ(count(chart, "class=\"grey band\""), 0U);
}

TEST(DirectionsChart, NeedsTwoColumns) { EXPECT_THROW(directions_chart({{1.0, 0.0, 2.0}}, kResults), InvalidArgument); }

}  // namespace
}  // namespace reconcile::report
