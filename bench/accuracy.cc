// How exact the aggregators are: the largest error of a direction against the golden rows and trajectories, relative to
// the length of the exact direction (or to the longest row where that is zero), with rows as they are, scaled by 1e-6
// and 1e6 (for methods that claim homogeneity, with the default options for which they claim it), and for the cases
// whose row norms spread over 12 decades (1e-6 ... 1e6) or more.
// usage: bench_accuracy [folder of the golden files, default tests/golden]

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "reconcile/base/file.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

at::Tensor matrix(const Json& rows) {
  std::vector<at::Tensor> tensors;
  for (const auto& row : rows) tensors.push_back(at::tensor(row.get<std::vector<double>>(), at::kDouble));
  return at::stack(tensors);
}

/// The task gradients of one golden step, times `scale`.
TaskGradients gradients_of(const Json& step, double scale) {
  const at::Tensor rows = matrix(step["rows"]) * scale;
  ParamLayout layout;
  for (int64_t i = 0; i < std::min<int64_t>(rows.size(1), 2); ++i) {  // two layers, as in the tests
    layout.add_layer(i == 0 ? "first" : "second");
    layout.add_parameter("weight", i == 0 ? rows.size(1) - rows.size(1) / 2 : rows.size(1) / 2);
  }
  TaskGradients gradients(std::move(layout), rows);
  gradients.losses.assign(static_cast<size_t>(rows.size(0)), scale);
  if (step.contains("losses")) {
    gradients.losses = step["losses"].get<std::vector<double>>();
    for (double& loss : gradients.losses) loss *= scale;
  }
  if (step.contains("independent")) {
    for (const auto& other : step["independent"]) gradients.independent.push_back(matrix(other) * scale);
  }
  return gradients;
}

/// Largest error over the steps of one golden row.
double error(const AggregatorEntry& entry, const Json& golden, double scale) {
  const auto aggregator = make_aggregator(Spec{entry.info.name, golden["options"]}.text());
  Rng rng(golden["seed"].get<uint64_t>());
  const Json steps = golden.contains("steps") ? golden["steps"] : Json::array({golden});
  double largest = 0;
  for (const auto& step : steps) {
    const TaskGradients gradients = gradients_of(step, scale);
    at::Tensor direction = at::zeros({gradients.rows().size(1)}, at::kDouble);
    (*aggregator)(gradients, rng, direction);
    const at::Tensor expected = at::tensor(step["direction"].get<std::vector<double>>(), at::kDouble) * scale;
    const double length = expected.norm().item<double>();
    const double size = length > 0 ? length : gradients.rows().norm(2, 1).max().item<double>();
    if (size > 0) largest = std::max(largest, (direction - expected).norm().item<double>() / size);
  }
  return largest;
}

struct Errors {
  int cases = 0;
  double plain = 0, down = 0, up = 0, spread = 0;
};

void run(const std::string& folder) {
  Json golden = Json::parse(read_file(folder + "/aggregators.json"));
  const Json trajectories = Json::parse(read_file(folder + "/trajectories.json"));
  golden.insert(golden.end(), trajectories.begin(), trajectories.end());
  fmt::print("{:<16}{:>6}{:>10}{:>10}{:>10}{:>10}\n", "method", "cases", "x 1", "x 1e-6", "x 1e6", "spread");
  for (const auto& entry : aggregators()) {
    Errors errors;
    for (const auto& row : golden) {
      const double rtol = row["rtol"].get<double>();
      if (row["aggregator"] != entry.info.name || rtol > 1e-8) continue;  // published rows have few digits
      ++errors.cases;
      const double plain = error(entry, row, 1);
      errors.plain = std::max(errors.plain, plain);
      if (row["case"].get<std::string>().starts_with("norms over")) errors.spread = std::max(errors.spread, plain);
      if ((entry.laws & kHomogeneous) == 0 || !row["options"].empty()) continue;
      errors.down = std::max(errors.down, error(entry, row, 1e-6));
      errors.up = std::max(errors.up, error(entry, row, 1e6));
    }
    if (errors.cases == 0) continue;
    fmt::print("{:<16}{:>6}{:>10.0e}", entry.info.name, errors.cases, errors.plain);
    if ((entry.laws & kHomogeneous) != 0) {
      fmt::print("{:>10.0e}{:>10.0e}", errors.down, errors.up);
    } else {
      fmt::print("{:>10}{:>10}", "-", "-");
    }
    fmt::print("{:>10.0e}\n", errors.spread);
  }
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) { reconcile::run(argc > 1 ? argv[1] : "tests/golden"); }
