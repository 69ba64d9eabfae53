#include "reconcile/report/svg.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

TEST(Svg, EscapesTextTipsAndAlt) {
  Svg svg(100, 50, "a \"b\" & 'c'");
  svg.rect({0, 0, 1, 1}, "fill", "<tip>");
  svg.text({1, 2}, "x < y");
  const std::string text = svg.str();
  EXPECT_TRUE(contains(text, "aria-label=\"a &quot;b&quot; &amp; &#39;c&#39;\""));
  EXPECT_TRUE(contains(text, "<title>&lt;tip&gt;</title></rect>"));
  EXPECT_TRUE(contains(text, ">x &lt; y</text>"));
}

TEST(Svg, LeavesOutWhatIsNotFinite) {
  Svg svg(100, 50, "");
  svg.rect({0, NAN, 1, 1}, "fill");
  svg.circle({INFINITY, 0}, 1, "fill");
  svg.line({0, 0}, {NAN, 1}, "ink");
  svg.text({NAN, 0}, "x");
  svg.path({{NAN, NAN}}, "ink");
  svg.path({{0, 0}, {NAN, 1}, {2, 3}}, "ink");
  EXPECT_TRUE(contains(svg.str(), "<path d=\"M0 0L2 3\" class=\"ink\"/>"));
  for (const char* element : {"<rect", "<circle", "<text", "nan", "inf"}) EXPECT_FALSE(contains(svg.str(), element));
}

TEST(Svg, CutsTextByCharactersAndKeepsItAsTip) {
  Svg svg(100, 50, "");
  svg.text_within({0, 0}, 40, "ääääääääää");
  EXPECT_TRUE(contains(svg.str(), ">ääää…<title>ääääääääää</title>")) << svg.str();
}

TEST(Svg, TicksAreRoundAndInside) {
  EXPECT_EQ(nice_ticks({0, 10}, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  const auto ticks = nice_ticks({-1.57, 0.06}, 4);
  ASSERT_EQ(ticks.size(), 4u);
  EXPECT_DOUBLE_EQ(ticks[0], -1.5);
  EXPECT_NEAR(ticks[3], 0, 1e-12);
}

TEST(Svg, RangesSkipWhatIsNotFiniteAndAreNeverEmpty) {
  const Range range = range_of({NAN, 2, -1, INFINITY});
  EXPECT_EQ(range.low, -1);
  EXPECT_EQ(range.high, 2);
  const Range nothing = range_of({NAN});
  EXPECT_LT(nothing.low, nothing.high);
  const Range point = widened(range_of({3, 3}), 0.1);
  EXPECT_LT(point.low, point.high);
}

}  // namespace
}  // namespace reconcile::report
