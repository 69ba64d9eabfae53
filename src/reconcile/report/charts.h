#pragma once

#include <string>
#include <vector>

#include "reconcile/report/records.h"

/// The drawings of a report, each one SVG element that states in its alt text what it shows.
namespace reconcile::report {

/// CSS class of a task's colour, the same in every drawing.
std::string task_colour(size_t task);

/// A bar from the reference line at 0, with a whisker of one sd where it is known.
struct Bar {
  std::string label;
  Statistic value;
  std::string text;   ///< printed behind the bar
  std::string style;  ///< CSS classes
};
/// Horizontal bars; `reference` names the line at 0, `unit` the axis.
std::string bar_chart(const std::vector<Bar>& bars, const std::string& reference, const std::string& unit,
                      const std::string& alt);

/// One line over epochs: mean over seeds with the band from the least to the largest.
struct Curve {
  std::vector<std::vector<double>> seeds;  ///< value of each epoch, from epoch 1
  std::string style;                       ///< CSS classes of the line
  std::string colour;                      ///< CSS class of the band
};
/// `is_percent` says that values are shares.
std::string curve_chart(const std::vector<Curve>& curves, const std::string& title, bool is_percent,
                        const std::string& alt);

/// Counts of cosines before (filled) and after (outline); either may be empty.
struct HistogramPair {
  std::vector<double> before, after;  ///< [kNumBins]
};
std::string histogram_chart(const HistogramPair& counts, double severe_threshold, const std::string& alt);
/// Share of the counts at cosines below 0; NaN if there are none.
double negative_share(const std::vector<double>& histogram);

/// Scores in ranking order with the cut, and the parameters that splitting up to there adds.
std::string ranking_chart(const Pipeline& pipeline);

/// Size and multiply-adds over K, relative to the unsplit network.
std::string cost_chart(const Pipeline& pipeline);

/// Share of cosines below threshold `index` of the log, for every layer and epoch.
std::string heat_map(const RunLog& log, size_t index);
/// Share over all pairs, for one layer of one record; NaN if nothing was counted.
double share_below(const ConflictRecord& record, const ConflictBlock& block, size_t index);

/// The layers as boxes in definition order: shared grey, split in the tasks' colours, the fork marked.
std::string network_strip(const Pipeline& pipeline, const std::vector<LayerRecord>& layers);

}  // namespace reconcile::report
