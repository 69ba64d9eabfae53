#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// A layer with its S-conflict score: how often, over steps and pairs of tasks, the cosine lay below S.
struct RankedLayer {
  std::string layer;
  int64_t score = 0;
  /// Mean cosine of every pair of tasks, (0,1), (0,2) ... (T-2,T-1), over the scored steps; empty if not known.
  std::vector<double> cosines = {};
};

/// Layers by score, highest first; ties keep definition order.
struct LayerRanking {
  std::vector<RankedLayer> layers;
  /// What the cosines belong to; empty if they are not known.
  std::vector<std::string> tasks = {};
};

/// Epochs first ... last, both counted from 1 and both included.
struct EpochWindow {
  int64_t first = 1;
  int64_t last = 0;  ///< 0 = the last recorded epoch
};

/// Place of S in the `thresholds` of a `run` record. InvalidArgument naming the grid if it is not there.
size_t threshold_index(const Json& run, double threshold);

/// Scores from the `run` and `conflict` records of a run.jsonl (docs/formats/records.md).
/// InvalidArgument if S was not recorded (the grid is named) or the window holds no epoch; DataError if nothing was
/// recorded, or a record is not what it should be.
LayerRanking rank_layers(const std::vector<Json>& records, double threshold, EpochWindow window);

/// Mean displacement of a layer between two rankings of the same layers (Shi et al., equation 22).
/// InvalidArgument names the first layer that only one of them has.
double ranking_distance(const LayerRanking& a, const LayerRanking& b);

/// Our ranking file, or Recon's `{layer: score}` with its order kept and no cosines. DataError if it is neither.
LayerRanking read_ranking(const std::filesystem::path& path);

/// `{format, version, context..., tasks: [task ...], layers: [{name, score, cosines: [mean a pair]}]}`; tasks and
/// cosines only where they are known.
Json ranking_to_json(const LayerRanking& ranking, const Json& context);

/// StateError naming the first layer in which ranking and network differ. `network` is in definition order.
void require_fits(const LayerRanking& ranking, const std::vector<std::string>& network, const std::string& where);

}  // namespace reconcile
