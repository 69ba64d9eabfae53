#include "reconcile/conflict/ranking.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

std::map<std::string, int64_t> positions(const LayerRanking& ranking) {
  std::map<std::string, int64_t> result;
  for (size_t i = 0; i < ranking.size(); ++i) result[ranking[i].layer] = static_cast<int64_t>(i);
  return result;
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

LayerRanking rank_layers(const std::vector<Json>& records, double threshold, EpochWindow window) {
  LayerRanking ranking;
  std::map<std::string, int64_t> scores;
  size_t index = 0;
  int64_t used = 0;
  int64_t recorded = 0;
  for (const auto& record : records) {
    const auto type = record.at("type").get<std::string>();
    if (type == "run") {
      index = threshold_index(record, threshold);
      for (const auto& layer : record.at("layers")) ranking.push_back({layer.at("name").get<std::string>(), 0});
    }
    if (type != "conflict") continue;
    ++recorded;
    const auto epoch = record.at("epoch").get<int64_t>();
    if (epoch < window.first || (window.last != 0 && epoch > window.last)) continue;
    ++used;
    for (const auto& layer : record.at("layers")) {
      for (const auto& pair : layer.at("below")) {
        scores[layer.at("name").get<std::string>()] += pair.at(index).get<int64_t>();
      }
    }
  }
  if (recorded == 0) fail<DataError>("this run recorded no conflicts. Train it with conflict.record = true.");
  if (used == 0) {
    fail<InvalidArgument>("epochs {} ... {} hold no record; {} epochs were recorded.", window.first, window.last,
                          recorded);
  }
  for (auto& row : ranking) row.score = scores[row.layer];
  std::stable_sort(ranking.begin(), ranking.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return ranking;
}

double ranking_distance(const LayerRanking& a, const LayerRanking& b) {
  const auto place_in_a = positions(a);
  const auto place_in_b = positions(b);
  for (const auto& row : b) {
    if (!place_in_a.contains(row.layer))
      fail<InvalidArgument>("layer \"{}\" is only in the second ranking.", row.layer);
  }
  double sum = 0.0;
  for (const auto& [layer, place] : place_in_a) {
    const auto other = place_in_b.find(layer);
    if (other == place_in_b.end()) fail<InvalidArgument>("layer \"{}\" is only in the first ranking.", layer);
    sum += static_cast<double>(std::abs(place - other->second));
  }
  return a.empty() ? 0.0 : sum / static_cast<double>(a.size());
}

LayerRanking read_ranking(const std::filesystem::path& path) {
  const Json json = Json::parse(read_file(path), nullptr, false);
  LayerRanking ranking;
  try {
    if (!json.is_object()) throw std::invalid_argument("not a JSON object");
    if (json.contains("format")) {
      for (const auto& row : json.at("layers")) {
        ranking.push_back({row.at("name").get<std::string>(), row.at("score").get<int64_t>()});
      }
    } else {
      for (const auto& [layer, score] : json.items()) ranking.push_back({layer, score.get<int64_t>()});
    }
  } catch (const std::exception& error) {
    fail<DataError>("{}: not a ranking ({}). Expected {{\"layer\": score, ...}} or a file of `reconcile score`.",
                    path.string(), error.what());
  }
  return ranking;
}

Json ranking_to_json(const LayerRanking& ranking, const Json& context) {
  Json result{{"format", "reconcile-ranking"}, {"version", 1}};
  result.update(context);
  result["layers"] = Json::array();
  for (const auto& [layer, score] : ranking) result["layers"].push_back({{"name", layer}, {"score", score}});
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
  for (const auto& [layer, score] : ranking) {
    if (std::find(network.begin(), network.end(), layer) == network.end()) {
      fail<StateError>("{}: the network has no layer \"{}\".{}", where, layer, did_you_mean(layer, network));
    }
  }
}

}  // namespace reconcile
