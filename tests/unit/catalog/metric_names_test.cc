#include <gtest/gtest.h>

#include "reconcile/metrics/task_type.h"
#include "reconcile/report/improvement.h"
#include "reconcile/report/numbers.h"

namespace reconcile {
namespace {

// The report knows metrics by name, as it reads records only; here both lists are held against each other.
TEST(MetricNames, TheReportKnowsTheDirectionOfEveryOne) {
  for (int kind = 0; kind <= static_cast<int>(TaskKind::kEdges); ++kind) {
    const auto k = static_cast<TaskKind>(kind);
    for (const auto& [metric, higher_is_better] : criteria(k)) {
      EXPECT_EQ(report::better(metric), higher_is_better ? "higher is better" : "lower is better") << metric;
    }
    for (const auto& metric : metric_names(k)) EXPECT_EQ(report::better(metric).empty(), metric == "loss") << metric;
  }
}

TEST(MetricNames, TheReportKnowsTheCriteriaOfEveryKind) {
  for (int kind = 0; kind <= static_cast<int>(TaskKind::kEdges); ++kind) {
    const auto k = static_cast<TaskKind>(kind);
    std::vector<std::string> names;
    for (const auto& criterion : criteria(k)) names.push_back(criterion.metric);
    EXPECT_EQ(report::criteria_of(kind_name(k)), names) << kind_name(k);
  }
}

}  // namespace
}  // namespace reconcile
