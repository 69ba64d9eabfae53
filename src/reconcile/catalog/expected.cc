#include "reconcile/catalog/expected.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

const OptionTable<Expected>& expected_options() {
  using O = Expected;
  static const OptionTable<O> table{
      option("source", &O::source, any(), "where the numbers are printed, e.g. Recon, table 3"),
      option("method", &O::method, any(), "the method as in compare.methods; empty for kind = single"),
      option("kind", &O::kind, one_of({"single", "base", "recon", "train"}), "the row's kind, as in records"),
  };
  return table;
}

std::vector<std::pair<std::string, double>> read_values(const Json& given, const Where& where,
                                                        const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, double>> values;
  for (const auto& [name, value] : given.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      fail<InvalidArgument>("{}: no such value.{} Known: {}.", where(name), did_you_mean(name, names),
                            fmt::join(names, ", "));
    }
    if (!value.is_number()) fail<InvalidArgument>("{} = {}, must be a number.", where(name), value.dump());
    values.emplace_back(name, value.get<double>());
  }
  return values;
}

Expected read_row(const Config& config, const Json& given, const std::string& place,
                  const std::vector<std::string>& names) {
  const Where where = config.where(place);
  internal::check_known({{"source"}, {"method"}, {"kind"}, {"values"}}, given, where);
  Json options = given;
  options.erase("values");
  Expected row = expected_options().parse(options, where);
  if (row.source.empty()) {
    fail<InvalidArgument>("{}: source is missing. Name the paper and its table.", config.where("")(place));
  }
  if ((row.kind == "single") != row.method.empty()) {
    fail<InvalidArgument>(
        "{}: method = \"{}\" with kind = \"{}\": single-task rows have no method, all others have one.",
        where("method"), row.method, row.kind);
  }
  if (!given.contains("values") || !given.at("values").is_object() || given.at("values").empty()) {
    fail<InvalidArgument>("{}: must be a table of numbers, e.g. values = {{ delta_m = -0.33 }}.", where("values"));
  }
  row.values = read_values(given.at("values"), config.where(place + ".values"), names);
  return row;
}

}  // namespace

std::vector<std::string> expected_names(const TaskSet& tasks) {
  std::vector<std::string> names;
  std::map<std::string, size_t> counts;
  for (const auto& task : tasks) {
    for (const auto& metric : metric_names(task.kind)) {
      names.push_back(task.name + "." + metric);
      ++counts[metric];
    }
  }
  for (const auto& [metric, count] : counts) {
    if (count == tasks.size()) names.push_back("mean." + metric);
  }
  names.insert(names.end(), {"delta_m", "delta_m_flat", "megabytes"});
  return names;
}

std::vector<Expected> read_expected(const Config& config, const TaskSet& tasks) {
  if (!config.values().contains("expected")) return {};
  const Json& list = config.values().at("expected");
  const bool tables =
      list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& v) { return v.is_object(); });
  if (!tables) {
    fail<InvalidArgument>("{} = {}, must be tables: [[expected]].", config.where("")("expected"), list.dump());
  }
  const std::vector<std::string> names = expected_names(tasks);
  std::vector<Expected> rows;
  for (const auto& given : list) {
    rows.push_back(read_row(config, given, fmt::format("expected[{}]", rows.size()), names));
  }
  return rows;
}

Json to_json(const std::vector<Expected>& expected) {
  Json list = Json::array();
  for (const auto& row : expected) {
    Json table = expected_options().values(row);
    for (const auto& [name, value] : row.values) table["values"][name] = value;
    list.push_back(std::move(table));
  }
  return list;
}

Json describe_expected() {
  Json rows = expected_options().describe();
  rows.push_back({{"name", "values"},
                  {"type", "table"},
                  {"default", Json::object()},
                  {"rule", ""},
                  {"help",
                   "the printed numbers in the units of records, by task.metric, mean.metric, delta_m, "
                   "delta_m_flat or megabytes"}});
  return rows;
}

}  // namespace reconcile
