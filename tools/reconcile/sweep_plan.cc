#include "reconcile/sweep_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/folder_name.h"

namespace reconcile::tool {
namespace {

constexpr size_t kLongestFolder = 120;

/// A whole number that is all of `text`.
std::optional<int64_t> whole(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

[[noreturn]] void reject_seeds(const std::string& text) {
  fail<InvalidArgument>(
      "--seeds {}: must be FIRST..LAST or a list of different whole numbers, for example 0..2 or 0,1,5.", text);
}

/// The choice of values with that number; the last axis varies fastest.
std::vector<std::pair<std::string, std::string>> choice(const std::vector<Axis>& axes, size_t number) {
  std::vector<std::pair<std::string, std::string>> values(axes.size());
  for (size_t i = axes.size(); i-- > 0; number /= axes[i].values.size()) {
    values[i] = {axes[i].key, axes[i].values[number % axes[i].values.size()]};
  }
  return values;
}

Combination combine(Config config, const std::vector<std::pair<std::string, std::string>>& values) {
  std::vector<std::string> labels, folders;
  for (const auto& [key, value] : values) {
    config.set(fmt::format("{}={}", key, value), "--vary");
    labels.push_back(key == "method" ? value : fmt::format("{}={}", key, value));
    folders.push_back(fmt::format("{}={}", key, folder_name(value)));
  }
  Combination result{.label = labels.empty() ? "as it is" : fmt::format("{}", fmt::join(labels, ", ")),
                     .folder = folders.empty() ? "as-it-is" : fmt::format("{}", fmt::join(folders, ",")),
                     .experiment = read_experiment(config),
                     .data = {},
                     .cost = {}};
  if (result.folder.size() > kLongestFolder) result.folder.resize(kLongestFolder);
  result.data = data_signature(result.experiment);
  result.cost = measure_cost(*make_model(result.experiment, result.data, 0), result.data.input_shape);
  return result;
}

/// The name, or the name with the first number that makes it a new one.
std::string unused(const std::string& name, std::set<std::string>& used) {
  std::string candidate = name;
  for (int number = 2; !used.insert(candidate).second; ++number) candidate = fmt::format("{}-{}", name, number);
  return candidate;
}

void require_different_keys(const std::vector<Axis>& axes) {
  std::set<std::string> keys;
  for (const auto& axis : axes) {
    if (axis.key == "seeds") fail<InvalidArgument>("--vary seeds: seeds are not varied but listed: --seeds 0..2.");
    if (!keys.insert(axis.key).second) {
      fail<InvalidArgument>("--vary {}: is given twice. Put all its values into one list.", axis.key);
    }
  }
}

}  // namespace

Axis parse_axis(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail<InvalidArgument>("--vary {}: must be KEY=VALUE,VALUE, for example --vary method=sum,pcgrad.", text);
  }
  Axis axis{.key = std::string(trim(text.substr(0, equals))), .values = {}};
  for (const auto& piece : split_outside_brackets(text.substr(equals + 1), ',')) {
    const std::string value(trim(piece));
    if (value.empty()) fail<InvalidArgument>("--vary {}: a value is empty. Write KEY=VALUE,VALUE.", text);
    if (std::count(axis.values.begin(), axis.values.end(), value) > 0) {
      fail<InvalidArgument>("--vary {}: the value {} stands there twice.", text, value);
    }
    axis.values.push_back(value);
  }
  if (axis.values.empty()) {
    fail<InvalidArgument>("--vary {}: names no value. Write KEY=VALUE,VALUE, for example method=sum,pcgrad.", text);
  }
  return axis;
}

std::vector<int64_t> parse_seeds(const std::string& text) {
  std::vector<int64_t> seeds;
  if (const auto dots = text.find(".."); dots != std::string::npos) {
    const auto first = whole(text.substr(0, dots)), last = whole(text.substr(dots + 2));
    if (!first || !last || *first > *last) reject_seeds(text);
    for (int64_t seed = *first; seed <= *last; ++seed) seeds.push_back(seed);
    return seeds;
  }
  for (const auto& piece : split(text, ',')) {
    const auto seed = whole(piece);
    if (!seed || std::count(seeds.begin(), seeds.end(), *seed) > 0) reject_seeds(text);
    seeds.push_back(*seed);
  }
  if (seeds.empty()) reject_seeds(text);
  return seeds;
}

SweepPlan plan_sweep(const ExperimentArguments& arguments, const std::vector<Axis>& axes,
                     const std::vector<int64_t>& seeds, int64_t threads) {
  require_different_keys(axes);
  Config config = arguments.config();
  if (!seeds.empty()) config.set(fmt::format("seeds=[{}]", fmt::join(seeds, ",")), "--seeds");
  if (read_experiment(config).threads == 0) config.set(fmt::format("threads={}", threads));
  SweepPlan plan{.base = read_experiment(config), .axes = axes, .seeds = {}, .combinations = {}};
  plan.seeds = plan.base.seeds;
  size_t count = 1;
  for (const auto& axis : axes) count *= axis.values.size();
  std::set<std::string> folders;
  for (size_t number = 0; number < count; ++number) {
    plan.combinations.push_back(combine(config, choice(axes, number)));
    plan.combinations.back().folder = unused(plan.combinations.back().folder, folders);
  }
  return plan;
}

}  // namespace reconcile::tool
