#include "reconcile/report/contender_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace reconcile::report {
namespace {

/// Keys and tables of an experiment that the label says already, or that change nothing in what is trained.
constexpr std::array<std::string_view, 16> kNoSettings = {"name",
                                                          "seeds",
                                                          "method",
                                                          "task",
                                                          "threads",
                                                          "compare",
                                                          "expected",
                                                          "conflict",
                                                          "model.name",
                                                          "backbone.name",
                                                          "architecture.name",
                                                          "train.checkpoint_every",
                                                          "train.checkpoint_minutes",
                                                          "train.evaluate_every",
                                                          "train.eval_batch_size",
                                                          "data.root"};
/// Tables that concern split networks alone.
constexpr std::array<std::string_view, 2> kSplitSettings = {"search", "split"};

template <class Names>
bool is_in(const std::string& key, const Names& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return key == name || (key.starts_with(name) && key[name.size()] == '.');
  });
}

bool is_setting(const std::string& key, const Outcome& run) {
  return !is_in(key, kNoSettings) && (run.is_split || !is_in(key, kSplitSettings));
}

/// The keys that have several values among the runs. A run that lacks a key (an older version wrote it) says nothing.
std::vector<std::string> varied_keys(const std::vector<Outcome>& runs) {
  std::map<std::string, std::set<std::string>> values;
  for (const auto& run : runs) {
    for (const auto& [key, value] : run.settings) {
      if (is_setting(key, run)) values[key].insert(value);
    }
  }
  std::vector<std::string> keys;
  for (const auto& [key, distinct] : values) {
    if (distinct.size() > 1) keys.push_back(key);
  }
  std::stable_partition(keys.begin(), keys.end(), [](const std::string& key) { return key == "data.name"; });
  return keys;
}

/// The first keys that tell all settings apart: of keys that always change together (data sets have sizes of their
/// own), one is enough.
std::vector<std::string> telling_keys(const std::vector<Outcome>& runs) {
  std::vector<std::string> told;
  for (const auto& run : runs) told.push_back(run.network);
  const auto num_distinct = [](const auto& texts) { return std::set(texts.begin(), texts.end()).size(); };
  std::vector<std::string> keys;
  for (const auto& key : varied_keys(runs)) {
    auto refined = told;
    for (size_t i = 0; i < runs.size(); ++i) {
      const auto value = runs[i].settings.find(key);
      if (value != runs[i].settings.end() && is_setting(key, runs[i])) refined[i] += "\n" + value->second;
    }
    if (num_distinct(refined) == num_distinct(told) && key != "data.name") continue;
    told = std::move(refined);
    keys.push_back(key);
  }
  return keys;
}

std::string method_text(const Outcome& run, bool is_single) {
  if (is_single) return "Single-task";
  if (run.kind == "recon") return run.method + " + Recon";
  return run.is_split ? run.method + " + split" : run.method;
}

ContenderName name_of(const Outcome& run, bool is_single, bool networks_differ, const std::vector<std::string>& keys) {
  std::string setting = networks_differ ? ", " + run.network : "", of_split;
  for (const auto& key : keys) {
    const auto value = run.settings.find(key);
    if (value == run.settings.end() || !is_setting(key, run)) continue;
    (is_in(key, kSplitSettings) ? of_split : setting) += fmt::format(", {}={}", key, value->second);
  }
  return {method_text(run, is_single) + setting + of_split, setting};
}

/// Labels under which a seed (of a task) comes twice, or networks differ in size.
std::set<std::string> ambiguous(const std::vector<Outcome>& runs, const std::vector<ContenderName>& names) {
  std::set<std::string> result, seen;
  std::map<std::string, double> sizes;
  for (size_t i = 0; i < runs.size(); ++i) {
    const std::string& task = runs[i].tasks.size() == 1 ? runs[i].tasks.front() : "";
    const bool is_new = seen.insert(fmt::format("{}\n{}\n{}", names[i].label, runs[i].seed, task)).second;
    const auto size = sizes.emplace(names[i].label + "\n" + task, runs[i].parameters).first;
    if (!is_new || size->second != runs[i].parameters) result.insert(names[i].label);
  }
  return result;
}

}  // namespace

std::vector<ContenderName> contender_names(const std::vector<Outcome>& runs, const std::vector<bool>& is_single) {
  const auto keys = telling_keys(runs);
  const bool networks_differ =
      std::any_of(runs.begin(), runs.end(), [&](const Outcome& run) { return run.network != runs.front().network; });
  std::vector<ContenderName> names;
  for (size_t i = 0; i < runs.size(); ++i) names.push_back(name_of(runs[i], is_single[i], networks_differ, keys));
  const auto plain = names;
  for (const auto source : {&Outcome::source, &Outcome::place}) {
    const auto doubtful = ambiguous(runs, names);
    for (size_t i = 0; i < runs.size(); ++i) {
      if (doubtful.contains(names[i].label)) names[i].label = fmt::format("{} ({})", plain[i].label, runs[i].*source);
    }
  }
  return names;
}

}  // namespace reconcile::report
