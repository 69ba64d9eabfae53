// How exact the aggregators are: the largest error of the direction against the golden rows, relative to the length of
// the exact direction (or to the longest row where that is zero), with rows as they are, scaled by 1e-6 and 1e6 (for
// methods that claim homogeneity), and for the cases whose row norms spread over 12 decades (1e-6 ... 1e6) or more.
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

/// Error of one golden row with its rows times `scale`.
double error(const Json& golden, double scale) {
  const AggregatorEntry& entry = find(aggregators(), "aggregator", golden["aggregator"].get<std::string>());
  const auto aggregator = entry.make(golden["options"], entry_where("aggregator", entry.info.name), make_aggregator);
  const at::Tensor rows = matrix(golden["rows"]) * scale;
  ParamLayout layout;
  layout.add_layer("all");
  layout.add_parameter("all", rows.size(1));
  TaskGradients gradients(layout, rows);
  gradients.losses.assign(static_cast<size_t>(rows.size(0)), 1.0);
  at::Tensor direction = at::zeros({rows.size(1)}, rows.options());
  Rng rng(golden["seed"].get<uint64_t>());
  (*aggregator)(gradients, rng, direction);
  const at::Tensor expected = at::tensor(golden["direction"].get<std::vector<double>>(), at::kDouble) * scale;
  const double length = expected.norm().item<double>();
  return (direction - expected).norm().item<double>() / (length > 0 ? length : rows.norm(2, 1).max().item<double>());
}

struct Errors {
  int cases = 0;
  double plain = 0, down = 0, up = 0, spread = 0;
};

void run(const std::string& folder) {
  const Json golden = Json::parse(read_file(folder + "/aggregators.json"));
  fmt::print("{:<16}{:>6}{:>10}{:>10}{:>10}{:>10}\n", "method", "cases", "x 1", "x 1e-6", "x 1e6", "spread");
  for (const auto& entry : aggregators()) {
    Errors errors;
    for (const auto& row : golden) {
      const double rtol = row["rtol"].get<double>();
      if (row["aggregator"] != entry.info.name || rtol > 1e-8) continue;  // published rows have few digits
      ++errors.cases;
      errors.plain = std::max(errors.plain, error(row, 1));
      if (row["case"].get<std::string>().starts_with("norms over"))
        errors.spread = std::max(errors.spread, error(row, 1));
      if ((entry.laws & kHomogeneous) == 0) continue;
      errors.down = std::max(errors.down, error(row, 1e-6));
      errors.up = std::max(errors.up, error(row, 1e6));
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
