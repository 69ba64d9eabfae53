// Compares every scalarizer with scalarizers.json, which make_scalarizers.py wrote without any of our C++.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reconcile/base/file.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

using Numbers = std::vector<double>;

Json golden_rows() {
  return Json::parse(read_file(std::string(RECONCILE_SOURCE_DIR) + "/tests/golden/scalarizers.json"));
}

Numbers numbers_of(const at::Tensor& tensor) {
  return {tensor.data_ptr<double>(), tensor.data_ptr<double>() + tensor.numel()};
}

/// Writes the tensors of the state that the step names.
void set_state(const Scalarizer& scalarizer, const Json& values) {
  for (auto [name, tensor] : scalarizer.state()) {
    if (values.contains(name)) tensor.copy_(at::tensor(values[name].get<Numbers>(), at::kDouble));
  }
}

class Comparison {
 public:
  explicit Comparison(const Json& row) : row_(row) {}

  void run(const ScalarizerEntry& entry) {
    const auto num_tasks = row_["steps"][0]["losses"].size();
    const Where where = [](const std::string& key) { return key; };
    const auto scalarizer = entry.make(row_["options"], where, static_cast<int64_t>(num_tasks));
    Rng rng(row_["seed"].get<uint64_t>());
    for (const auto& step : row_["steps"]) run_step(*scalarizer, step, rng);
  }
  [[nodiscard]] double largest_error() const { return largest_error_; }

 private:
  void run_step(Scalarizer& scalarizer, const Json& step, Rng& rng) {
    SCOPED_TRACE("step " + step["step"].dump());
    if (step.contains("set")) set_state(scalarizer, step["set"]);
    const Moment moment{step["step"].get<int64_t>(), row_["steps_per_epoch"].get<int64_t>(),
                        row_["epochs"].get<int64_t>()};
    const Scalarization result = scalarizer(step["losses"].get<Numbers>(), moment, rng);
    if (step.contains("value")) expect_close({result.value}, {step["value"].get<double>()}, "value");
    if (step.contains("weights")) expect_close(result.weights, step["weights"].get<Numbers>(), "weights");
    if (step.contains("parameter_gradient")) {
      expect_close(numbers_of(scalarizer.parameter_gradients().at(0)), step["parameter_gradient"].get<Numbers>(),
                   "parameter gradient");
    }
    if (step.contains("after")) scalarizer.after_step(step["after"].get<Numbers>());
    if (step.contains("achievements")) scalarizer.after_validation(step["achievements"].get<Numbers>());
  }

  void expect_close(const Numbers& actual, const Numbers& expected, const char* what) {
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
      const double error = std::abs(actual[i] - expected[i]);
      const double size = std::abs(expected[i]);
      EXPECT_LE(error, row_["rtol"].get<double>() * size + row_.value("atol", 0.0))
          << what << " " << i << " is " << actual[i] << ", not " << expected[i];
      if (size > 0 && error > row_.value("atol", 0.0)) largest_error_ = std::max(largest_error_, error / size);
    }
  }

  const Json& row_;
  double largest_error_ = 0;
};

TEST(GoldenScalarizers, AgreeWithTheIndependentScript) {
  const Json golden = golden_rows();
  for (const auto& entry : scalarizers()) {
    double largest_error = 0;
    for (const auto& row : golden) {
      if (row["scalarizer"] != entry.info.name) continue;
      SCOPED_TRACE(entry.info.name + ", " + row["case"].get<std::string>() + ", options " + row["options"].dump());
      Comparison comparison(row);
      comparison.run(entry);
      if (row["rtol"].get<double>() < 1e-9) largest_error = std::max(largest_error, comparison.largest_error());
    }
    RecordProperty("largest_error_of_" + entry.info.name, fmt::format("{:.1e}", largest_error));
  }
}

TEST(GoldenScalarizers, HaveARowForEveryEntry) {
  const Json golden = golden_rows();
  const Json look_ahead = Json::parse(read_file(std::string(RECONCILE_SOURCE_DIR) + "/tests/golden/look_ahead.json"));
  for (const auto& entry : scalarizers()) {
    EXPECT_TRUE(look_ahead["methods"].contains(entry.info.name) ||
                std::any_of(golden.begin(), golden.end(),
                            [&](const Json& row) { return row["scalarizer"] == entry.info.name; }))
        << entry.info.name << ": add it to tests/golden/make_scalarizers.py and run that script.";
  }
}

}  // namespace
}  // namespace reconcile
