// Compares aggregators that remember something, or look at more than the rows, with trajectories.json, which
// make_trajectories.py wrote without any of our C++.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract/aggregate.h"
#include "golden/golden.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

StepInput step_of(const Json& golden) {
  StepInput step{rows_of(golden["rows"]), golden["losses"].get<std::vector<double>>(), {}};
  if (golden.contains("independent")) {
    for (const auto& rows : golden["independent"]) step.independent.push_back(rows_of(rows));
  }
  return step;
}

TEST(GoldenTrajectories, AgreeWithTheIndependentScript) {
  for (const auto& golden : golden_file("trajectories.json")) {
    const Spec spec{golden["aggregator"].get<std::string>(), golden["options"]};
    SCOPED_TRACE(spec.text() + ", " + golden["case"].get<std::string>());
    const auto aggregator = make_aggregator(spec.text());
    Rng rng(golden["seed"].get<uint64_t>());
    for (const auto& expected : golden["steps"]) {
      const StepInput step = step_of(expected);
      const at::Tensor direction = aggregate(*aggregator, step, rng).direction;
      expect_direction(direction, vector_of(expected["direction"]), step.rows, golden["rtol"].get<double>());
    }
  }
}

}  // namespace
}  // namespace reconcile
