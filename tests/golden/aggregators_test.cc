// Compares every aggregator with aggregators.json, which make_aggregators.py wrote without any of our C++.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "contract/aggregate.h"
#include "golden/golden.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

constexpr const char* kFile = "aggregators.json";

void compare(const AggregatorEntry& entry, const Json& golden) {
  const Where where = [](const std::string& key) { return key; };
  const auto aggregator = entry.make(golden["options"], where, make_aggregator);
  const at::Tensor rows = rows_of(golden["rows"]);
  Rng rng(golden["seed"].get<uint64_t>());
  const Aggregated result = aggregate(*aggregator, rows, rng);
  expect_direction(result.direction, vector_of(golden["direction"]), rows, golden["rtol"].get<double>());
  if (!golden.contains("weights")) return;
  const auto weights = golden["weights"].get<std::vector<double>>();
  for (size_t t = 0; t < weights.size(); ++t) {
    EXPECT_NEAR(result.report.weights->at(t), weights[t], golden["rtol"].get<double>());
  }
}

TEST(GoldenAggregators, AgreeWithTheIndependentScript) {
  const Json golden = golden_file(kFile);
  for (const auto& entry : aggregators()) {
    for (const auto& row : golden) {
      if (row["aggregator"] != entry.info.name) continue;
      SCOPED_TRACE(entry.info.name + ", " + row["case"].get<std::string>() + ", options " + row["options"].dump());
      compare(entry, row);
    }
  }
}

TEST(GoldenAggregators, HaveARowForEveryEntry) {
  Json golden = golden_file(kFile);
  for (const auto& row : golden_file("trajectories.json")) golden.push_back(row);
  for (const auto& entry : aggregators()) {
    EXPECT_TRUE(std::any_of(golden.begin(), golden.end(),
                            [&](const Json& row) { return row["aggregator"] == entry.info.name; }))
        << entry.info.name
        << ": add it to tests/golden/make_aggregators.py, or to make_trajectories.py if it remembers "
        << "something or looks at more than the rows, and run that script.";
  }
}

}  // namespace
}  // namespace reconcile
