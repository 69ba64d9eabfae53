#pragma once

#include "reconcile/conflict/ranking.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// A ranking of all layers, first to last, with scores 100, 99 ...: tasks of the same parity agree (cosine 0.5, and
/// the first two of them a little more), the others conflict (-0.5).
inline LayerRanking two_camps(const MultiTaskModel& model) {
  LayerRanking ranking{{}, model.task_names()};
  for (const auto& layer : model.layers()) {
    RankedLayer row{layer->name(), 100 - static_cast<int64_t>(ranking.layers.size())};
    for (int64_t i = 0; i < model.num_tasks(); ++i) {
      for (int64_t j = i + 1; j < model.num_tasks(); ++j)
        row.cosines.push_back((j - i) % 2 ? -0.5 : i == 0 ? 0.6 : 0.5);
    }
    ranking.layers.push_back(std::move(row));
  }
  return ranking;
}

}  // namespace reconcile
