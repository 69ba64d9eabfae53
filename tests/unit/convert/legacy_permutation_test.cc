#include "reconcile/convert/legacy_permutation.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

// Made with: python3 -c "import numpy as np; np.random.seed(0); print(np.random.permutation(41)[:5])"
TEST(LegacyPermutation, IsNumPys) {
  const auto order = legacy_permutation(0, 41);
  EXPECT_EQ(std::vector<int64_t>(order.begin(), order.begin() + 5), (std::vector<int64_t>{25, 35, 29, 4, 10}));
}

}  // namespace
}  // namespace reconcile
