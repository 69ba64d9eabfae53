// Compares every aggregator with aggregators.json, which make_aggregators.py wrote without any of our C++.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "contract/aggregate.h"
#include "reconcile/base/file.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

Json golden_rows() {
  return Json::parse(read_file(std::string(RECONCILE_SOURCE_DIR) + "/tests/golden/aggregators.json"));
}

at::Tensor rows_of(const Json& golden) {
  std::vector<at::Tensor> rows;
  for (const auto& row : golden["rows"]) rows.push_back(at::tensor(row.get<std::vector<double>>(), at::kDouble));
  return at::stack(rows);
}

void compare(const AggregatorEntry& entry, const Json& golden) {
  const Where where = [](const std::string& key) { return key; };
  const auto aggregator = entry.make(golden["options"], where, make_aggregator);
  const at::Tensor rows = rows_of(golden);
  Rng rng(golden["seed"].get<uint64_t>());
  const Aggregated result = aggregate(*aggregator, rows, rng);
  const at::Tensor expected = at::tensor(golden["direction"].get<std::vector<double>>(), at::kDouble);
  const double size = expected.norm().item<double>();
  const double scale = size > 0 ? size : rows.abs().max().item<double>();
  EXPECT_LE((result.direction - expected).norm().item<double>(), golden["rtol"].get<double>() * scale)
      << result.direction << "\nexpected\n"
      << expected;
  if (!golden.contains("weights")) return;
  const auto weights = golden["weights"].get<std::vector<double>>();
  for (size_t t = 0; t < weights.size(); ++t) {
    EXPECT_NEAR(result.report.weights->at(t), weights[t], golden["rtol"].get<double>());
  }
}

TEST(GoldenAggregators, AgreeWithTheIndependentScript) {
  const Json golden = golden_rows();
  for (const auto& entry : aggregators()) {
    for (const auto& row : golden) {
      if (row["aggregator"] != entry.info.name) continue;
      SCOPED_TRACE(entry.info.name + ", " + row["case"].get<std::string>() + ", options " + row["options"].dump());
      compare(entry, row);
    }
  }
}

TEST(GoldenAggregators, HaveARowForEveryEntry) {
  const Json golden = golden_rows();
  for (const auto& entry : aggregators()) {
    EXPECT_TRUE(std::any_of(golden.begin(), golden.end(),
                            [&](const Json& row) { return row["aggregator"] == entry.info.name; }))
        << entry.info.name << ": add it to tests/golden/make_aggregators.py and run that script.";
  }
}

}  // namespace
}  // namespace reconcile
