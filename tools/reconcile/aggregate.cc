#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <iostream>
#include <iterator>

#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/commands.h"
#include "reconcile/files/npy.h"
#include "reconcile/report/directions_chart.h"

namespace reconcile::tool {
namespace {

struct AggregateArguments {
  std::vector<std::string> specs;
  std::string jacobian;
  std::vector<double> losses;
  std::string dtype = "float64";
  uint64_t seed = 0;
  std::string plot;
};

std::string read_bytes(const std::string& file) {
  if (file != "-") return read_file(file);
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

/// The rows of a JSON array of rows.
at::Tensor parse_rows(const std::string& text, const std::string& file) {
  const Json rows = Json::parse(text, nullptr, false);
  if (!rows.is_array() || rows.empty()) fail<DataError>("{}: must be a .npy file or a JSON array of rows.", file);
  std::vector<at::Tensor> tensors;
  for (size_t t = 0; t < rows.size(); ++t) {
    const auto is_number = [](const Json& value) { return value.is_number(); };
    if (!rows[t].is_array() || !std::all_of(rows[t].begin(), rows[t].end(), is_number)) {
      fail<DataError>("{}: row {} is {}, must be an array of numbers.", file, t, rows[t].dump());
    }
    tensors.push_back(at::tensor(rows[t].get<std::vector<double>>(), at::kDouble));
    if (tensors[t].numel() != tensors[0].numel()) {
      fail<DataError>("{}: row {} has {} numbers, row 0 has {}; one row for each task, one column for each parameter.",
                      file, t, tensors[t].numel(), tensors[0].numel());
    }
  }
  return at::stack(tensors);
}

at::Tensor read_jacobian(const AggregateArguments& arguments) {
  const std::string bytes = read_bytes(arguments.jacobian);
  const at::Tensor rows = is_npy(bytes) ? decode_npy(bytes, arguments.jacobian) : parse_rows(bytes, arguments.jacobian);
  if (rows.dim() != 2 || rows.numel() == 0) {
    fail<DataError>("{}: has shape [{}], must be [tasks, parameters].", arguments.jacobian,
                    fmt::join(rows.sizes(), ", "));
  }
  return rows.to(arguments.dtype == "float64" ? at::kDouble : at::kFloat);
}

Json numbers(const at::Tensor& vector) {
  Json result = Json::array();
  const at::Tensor values = vector.to(at::kDouble).contiguous();
  for (int64_t i = 0; i < values.numel(); ++i) result.push_back(number(values.data_ptr<double>()[i]));
  return result;
}

/// Cosine of the direction to every row; null where one of them is zero.
Json cosines(const at::Tensor& rows, const at::Tensor& direction) {
  Json result = Json::array();
  const at::Tensor d = direction.to(at::kDouble);
  for (int64_t t = 0; t < rows.size(0); ++t) {
    const at::Tensor g = rows[t].to(at::kDouble);
    const double lengths = g.norm().item<double>() * d.norm().item<double>();
    result.push_back(lengths > 0 ? Json(g.dot(d).item<double>() / lengths) : Json(nullptr));
  }
  return result;
}

Json apply(const std::string& spec, const AggregateArguments& arguments, const at::Tensor& rows) {
  const auto aggregator = make_aggregator(spec);
  ParamLayout layout;
  layout.add_layer("jacobian");
  layout.add_parameter("jacobian", rows.size(1));
  TaskGradients gradients(layout, rows);
  gradients.losses = arguments.losses;
  gradients.independent.assign(static_cast<size_t>(aggregator->batches_per_step() - 1), rows);
  at::Tensor direction = at::zeros({rows.size(1)}, rows.options());
  Rng rng(arguments.seed);
  const Aggregation report = (*aggregator)(gradients, rng, direction);
  return {{"method", spec},
          {"direction", numbers(direction)},
          {"weights", report.weights ? Json(*report.weights) : Json(nullptr)},
          {"diagnostics", report.diagnostics},
          {"fallback", report.fallback},
          {"cosines", cosines(rows, direction)}};
}

void aggregate(AggregateArguments arguments) {
  const at::Tensor rows = read_jacobian(arguments);
  const auto num_tasks = static_cast<size_t>(rows.size(0));
  if (arguments.losses.empty()) arguments.losses.assign(num_tasks, 1.0);
  if (arguments.losses.size() != num_tasks) {
    fail<InvalidArgument>("--losses has {} numbers, {} has {} rows. Give one for each row.", arguments.losses.size(),
                          arguments.jacobian, num_tasks);
  }
  Json results = Json::array();
  for (const auto& spec : arguments.specs) results.push_back(apply(spec, arguments, rows));
  if (!arguments.plot.empty()) {
    Json row_values = Json::array();
    for (int64_t t = 0; t < rows.size(0); ++t) row_values.push_back(numbers(rows[t]));
    write_atomically(arguments.plot, report::directions_chart(row_values, results));
  }
  print({{"jacobian", arguments.jacobian},
         {"tasks", rows.size(0)},
         {"parameters", rows.size(1)},
         {"dtype", arguments.dtype},
         {"results", results}});
}

}  // namespace

void add_aggregate(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("aggregate", "apply aggregators to a Jacobian from a file");
  auto arguments = std::make_shared<AggregateArguments>();
  verb->add_option("spec", arguments->specs, "aggregators, e.g. mgda 'cagrad(c=0.4)'")->required();
  verb->add_option("--jacobian", arguments->jacobian,
                   "one row for each task: a .npy file, a JSON array of rows, or - for stdin")
      ->required();
  verb->add_option("--losses", arguments->losses, "losses of the tasks, for methods that look at them; default 1 each")
      ->delimiter(',');
  verb->add_option("--dtype", arguments->dtype, "precision of the rows")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  verb->add_option("--seed", arguments->seed, "of random methods")->capture_default_str();
  verb->add_option("--plot", arguments->plot, "draw rows and directions to this SVG file; needs two columns");
  verb->callback([arguments] { aggregate(*arguments); });
}

}  // namespace reconcile::tool
