#include "reconcile/report/epoch_values.h"

#include <gtest/gtest.h>

#include <set>

namespace reconcile::report {
namespace {

TEST(EpochValues, HaveColumnsForEveryTaskAndMetric) {
  EXPECT_EQ(csv_header(epoch_values({{"a", {"miou", "loss"}}, {"b, c/d", {}}})),
            "epoch,step,seconds,seconds_per_step,learning_rate,skipped,conflict_share,condition_median,condition_max,"
            "train/a/loss,weight/a,grad_norm/a,progress/a,progress_up/a,val/a/miou,val/a/loss,"
            "\"train/b, c/d/loss\",\"weight/b, c/d\",\"grad_norm/b, c/d\",\"progress/b, c/d\",\"progress_up/b, c/d\"");
}

TEST(EpochValues, ARowHasAllDigitsAndEmptyCellsForWhatIsNotThere) {
  const Json record{{"epoch", 2},
                    {"step", 40},
                    {"learning_rate", 0.1},
                    {"train", {{"b/~1", {{"loss", 1.0 / 3}}}}},
                    {"gradients",
                     {{"norms", {{"b/~1", {{"mean", 2.5}, {"min", 1.0}, {"max", 3.0}}}}},
                      {"condition", {{"median", 7.5}, {"max", "inf"}}}}},
                    {"validation", {{"b/~1", {{"loss", "nan"}}}}}};
  EXPECT_EQ(csv_row(epoch_values({{"b/~1", {"miou", "loss"}}}), record),
            "2,40,,,0.1,,,7.5,inf,0.3333333333333333,,2.5,,,,nan");
}

TEST(EpochValues, EveryOneButCountersHasATagOfItsOwn) {
  std::set<std::string> tags;
  const auto values = epoch_values({{"a", {"loss"}}, {"b", {"loss"}}});
  for (const auto& value : values) tags.insert(value.tag);
  EXPECT_EQ(tags.size(), values.size() - 2);  // epoch, step and seconds have none
}

}  // namespace
}  // namespace reconcile::report
