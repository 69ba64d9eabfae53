#include "reconcile/conflict/ranking.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reconcile/base/error.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

std::map<std::string, int64_t> positions(const LayerRanking& ranking) {
  std::map<std::string, int64_t> result;
  for (const auto& row : ranking.layers) result.emplace(row.layer, static_cast<int64_t>(result.size()));
  return result;
}

/// How many steps, of one epoch.
int64_t count_of(const Json& number) {
  constexpr double kMost = 1e12;
  const auto count = number.get<double>();
  if (count >= 0 && count <= kMost) return static_cast<int64_t>(count);
  fail<DataError>("the records are not those of a run: {} is no number of steps. Train it again.", number.dump());
}

/// Adds one epoch to the scores and to the sums of the cosines, which older records do not have.
void add_epoch(const Json& record, size_t threshold, std::map<std::string, RankedLayer>& sums) {
  const auto steps = record.at("iterations").get<double>();
  for (const auto& layer : record.at("layers")) {
    RankedLayer& row = sums[layer.at("name").get<std::string>()];
    for (const auto& counts : layer.at("below")) row.score += count_of(counts.at(threshold));
    const auto cosines = layer.value("cosine", std::vector<double>{});
    row.cosines.resize(cosines.size());
    for (size_t p = 0; p < cosines.size(); ++p) row.cosines[p] += steps * cosines[p];
  }
}

/// The sums become means over `steps`.
void finish(LayerRanking& ranking, std::map<std::string, RankedLayer>& sums, double steps) {
  for (auto& row : ranking.layers) {
    const auto& [name, score, cosines] = sums[row.layer];
    row.score = score;
    for (const double sum : cosines) row.cosines.push_back(std::round(sum / steps * 1e6) / 1e6);
  }
  if (ranking.layers.empty() || ranking.layers.front().cosines.empty()) ranking.tasks.clear();
  std::stable_sort(ranking.layers.begin(), ranking.layers.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
}

LayerRanking parse_ranking(const Json& json) {
  LayerRanking ranking;
  if (!json.is_object()) throw std::invalid_argument("not a JSON object");
  if (!json.contains("format")) {
    for (const auto& [layer, score] : json.items()) ranking.layers.push_back({layer, score.get<int64_t>()});
    return ranking;
  }
  ranking.tasks = json.value("tasks", std::vector<std::string>{});
  const size_t pairs = ranking.tasks.empty() ? 0 : ranking.tasks.size() * (ranking.tasks.size() - 1) / 2;
  for (const auto& layer : json.at("layers")) {
    RankedLayer row{layer.at("name").get<std::string>(), layer.at("score").get<int64_t>(),
                    layer.value("cosines", std::vector<double>{})};
    if (row.cosines.size() != pairs) {
      throw std::invalid_argument(
          fmt::format("layer \"{}\" has {} cosines for {} pairs of tasks", row.layer, row.cosines.size(), pairs));
    }
    ranking.layers.push_back(std::move(row));
  }
  return ranking;
}

}  // namespace

size_t threshold_index(const Json& run, double threshold) {
  const auto grid = run.at("thresholds").get<std::vector<double>>();
  for (size_t s = 0; s < grid.size(); ++s) {
    if (std::abs(grid[s] - threshold) < 1e-9) return s;
  }
  fail<InvalidArgument>(
      "threshold S = {} was not recorded; this run has {}. Add it to conflict.thresholds and run again.", threshold,
      fmt::join(grid, ", "));
}

LayerRanking rank_layers(const std::vector<Json>& records, double threshold, EpochWindow window) try {
  LayerRanking ranking;
  std::map<std::string, RankedLayer> sums;
  size_t index = 0;
  int64_t used = 0;
  int64_t recorded = 0;
  double steps = 0.0;
  for (const auto& record : records) {
    const auto type = record.at("type").get<std::string>();
    if (type == "run") {
      index = threshold_index(record, threshold);
      for (const auto& task : record.at("tasks")) ranking.tasks.push_back(task.at("name").get<std::string>());
      for (const auto& layer : record.at("layers")) ranking.layers.push_back({layer.at("name").get<std::string>()});
    }
    if (type != "conflict") continue;
    ++recorded;
    const auto epoch = record.at("epoch").get<int64_t>();
    if (epoch < window.first || (window.last != 0 && epoch > window.last)) continue;
    ++used;
    steps += record.at("iterations").get<double>();
    add_epoch(record, index, sums);
  }
  if (recorded == 0) fail<DataError>("this run recorded no conflicts. Train it with conflict.record = true.");
  if (used == 0) {
    fail<InvalidArgument>("epochs {} ... {} hold no record; {} epochs were recorded.", window.first, window.last,
                          recorded);
  }
  finish(ranking, sums, std::max(steps, 1.0));
  return ranking;
} catch (const Json::exception& error) {
  fail<DataError>("the records are not those of a run: {}. Train it again.", error.what());
}

double ranking_distance(const LayerRanking& a, const LayerRanking& b) {
  const auto place_in_a = positions(a);
  const auto place_in_b = positions(b);
  for (const auto& row : b.layers) {
    if (!place_in_a.contains(row.layer))
      fail<InvalidArgument>("layer \"{}\" is only in the second ranking.", row.layer);
  }
  double sum = 0.0;
  for (const auto& [layer, place] : place_in_a) {
    const auto other = place_in_b.find(layer);
    if (other == place_in_b.end()) fail<InvalidArgument>("layer \"{}\" is only in the first ranking.", layer);
    sum += static_cast<double>(std::abs(place - other->second));
  }
  return a.layers.empty() ? 0.0 : sum / static_cast<double>(a.layers.size());
}

LayerRanking read_ranking(const std::filesystem::path& path) {
  const Json json = read_json(path);
  try {
    return parse_ranking(json);
  } catch (const std::exception& error) {
    fail<DataError>("{}: not a ranking ({}). Expected {{\"layer\": score, ...}} or a file of `reconcile score`.",
                    path.string(), error.what());
  }
}

Json ranking_to_json(const LayerRanking& ranking, const Json& context) {
  Json result{{"format", "reconcile-ranking"}, {"version", 1}};
  result.update(context);
  if (!ranking.tasks.empty()) result["tasks"] = ranking.tasks;
  result["layers"] = Json::array();
  for (const auto& [layer, score, cosines] : ranking.layers) {
    result["layers"].push_back({{"name", layer}, {"score", score}});
    if (!ranking.tasks.empty()) result["layers"].back()["cosines"] = cosines;
  }
  return result;
}

void require_fits(const LayerRanking& ranking, const std::vector<std::string>& network, const std::string& where) {
  const auto place = positions(ranking);
  for (const auto& layer : network) {
    if (!place.contains(layer)) {
      fail<StateError>(
          "{}: layer \"{}\" of the network is not in the ranking. Rank this network with `reconcile score`.", where,
          layer);
    }
  }
  for (const auto& [layer, score, cosines] : ranking.layers) {
    if (std::find(network.begin(), network.end(), layer) == network.end()) {
      fail<StateError>("{}: the network has no layer \"{}\".{}", where, layer, did_you_mean(layer, network));
    }
  }
}

}  // namespace reconcile
