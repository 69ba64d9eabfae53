#include "reconcile/draw/table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reconcile {
namespace {

constexpr size_t kRows = 5000;

using Row = std::array<float, kTableTargets>;

std::vector<Row> draw_rows(uint64_t seed) {
  const TableLaw law((Rng(seed)));
  std::vector<Row> rows(kRows);
  std::array<float, kTableFeatures> features{};
  for (size_t i = 0; i < kRows; ++i) law.draw_row(Rng(seed).fork("rows").fork(i), features, rows[i]);
  return rows;
}

double mean_product(const std::vector<Row>& rows, size_t a, size_t b) {
  double sum = 0;
  for (const Row& row : rows) sum += row[a] * row[b];
  return sum / kRows;
}

TEST(TableLaw, TargetsAreStandardised) {
  const auto rows = draw_rows(1);
  for (size_t t = 0; t < kTableTargets; ++t) {
    double mean = 0;
    for (const Row& row : rows) mean += row[t] / kRows;
    EXPECT_NEAR(mean, 0, 0.08) << target_names()[t];
    EXPECT_NEAR(mean_product(rows, t, t), 1, 0.12) << target_names()[t];
  }
}

TEST(TableLaw, TargetsShareFightOrStandAlone) {
  for (const uint64_t seed : {1, 2, 3}) {
    const auto rows = draw_rows(seed);
    enum { kWave1, kWave2, kWave3, kStep1, kStep2, kStep3, kSum, kDifference, kAlone, kNoisy };
    EXPECT_GT(mean_product(rows, kWave1, kWave2), 0.6);
    EXPECT_LT(mean_product(rows, kWave1, kWave3), -0.6);
    EXPECT_LT(mean_product(rows, kStep1, kStep3), -0.6);
    EXPECT_GT(mean_product(rows, kSum, kStep1), 0.3);
    EXPECT_LT(mean_product(rows, kDifference, kStep1), -0.3);
    EXPECT_LT(std::abs(mean_product(rows, kAlone, kStep1)), 0.25);
    EXPECT_LT(std::abs(mean_product(rows, kNoisy, kAlone)), 0.15);
  }
}

TEST(TableLaw, TheSeedDecidesTheLaw) {
  const TableLaw one(Rng(1)), two(Rng(2));
  std::array<float, kTableFeatures> x1{}, x2{};
  Row y1{}, y2{};
  one.draw_row(Rng(5), x1, y1);
  two.draw_row(Rng(5), x2, y2);
  EXPECT_EQ(x1, x2);
  EXPECT_NE(y1, y2);
}

}  // namespace
}  // namespace reconcile
