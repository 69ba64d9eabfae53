#include "reconcile/core/task.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using Numbers = std::vector<double>;

TEST(TaskValues, AreOneNumberForEachTaskOrNone) {
  EXPECT_EQ(task_values({}, 3, 0.5, "weights"), (Numbers{0.5, 0.5, 0.5}));
  EXPECT_EQ(task_values({1, 2}, 2, 0.5, "weights"), (Numbers{1, 2}));
  test::expect_message<InvalidArgument>(
      [] {
        task_values({1, 2}, 3, 0.5, "scalarizer \"constant\": weights");
      },
      "scalarizer \"constant\": weights has 2 values for 3 tasks. Give one for each task, or none.");
}

}  // namespace
}  // namespace reconcile
