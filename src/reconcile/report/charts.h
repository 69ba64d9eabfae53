#pragma once

#include <string>
#include <vector>

#include "reconcile/report/records.h"
#include "reconcile/report/table.h"

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
  std::string label;
  std::vector<std::vector<double>> seeds;   ///< value of each epoch, from epoch 1
  std::string style;                        ///< CSS classes of the line
  std::string colour;                       ///< CSS class of the band
  std::vector<double> low = {}, high = {};  ///< of each epoch: limits of the band, if those are not the seeds'
};
struct CurveChart {
  std::string title;
  std::vector<Curve> curves;
  bool is_percent = false;  ///< values are shares
  bool is_log = false;      ///< a logarithmic axis; what is not positive is left out
};
/// A drawing that a script makes zoomable where there is one.
std::string curve_chart(const CurveChart& chart);
/// The numbers of some charts: chart, line, epoch, mean over seeds, least and largest.
Table curve_table(const std::vector<CurveChart>& charts);

/// Numbers of rows by columns as shades of one colour, or of two where some are negative.
struct MatrixChart {
  std::string title;                                 ///< stands above it
  std::vector<std::string> rows, columns;            ///< their names
  std::vector<std::vector<double>> values;           ///< [rows][columns]; NaN is left white
  std::vector<std::vector<std::string>> texts = {};  ///< printed in the cells where there is room
  double largest = 1;                                ///< |value| of the full shade
  std::string row_title = {}, column_title = {};
};
std::string matrix_chart(const MatrixChart& chart, const std::string& alt);
Table matrix_table(const std::vector<MatrixChart>& charts);

/// For many tasks: one line a task, one dot a series, sorted by the first series; dots left of 0 are worse.
struct Dots {
  std::string label, style;    ///< of the series
  std::vector<double> values;  ///< of each task; NaN where there is none
};
std::string dot_chart(const std::vector<std::string>& tasks, const std::vector<Dots>& series, const std::string& unit,
                      const std::string& alt);

/// Counts of cosines before (filled) and after (outline); either may be empty.
struct HistogramPair {
  std::vector<double> before, after;  ///< [kNumBins]
};
std::string histogram_chart(const HistogramPair& counts, double severe_threshold, const std::string& alt);
/// The counts of each bin, before and after.
Table histogram_table(const Named<HistogramPair>& histograms);
/// Share of the counts at cosines below 0; NaN if there are none.
double negative_share(const std::vector<double>& histogram);

/// Scores in ranking order with the cut, and the parameters that splitting up to there adds.
std::string ranking_chart(const Pipeline& pipeline);

/// Size and multiply-adds over K, relative to the unsplit network.
std::string cost_chart(const Pipeline& pipeline);
/// The largest K whose parameters are at most `size` times those of K = 0.
int64_t last_within(const std::vector<Cost>& costs, double size);

/// Share of cosines below threshold `index` of the log, for every layer and epoch.
std::string heat_map(const RunLog& log, size_t index);
/// The same shares as numbers.
Table heat_table(const RunLog& log, size_t index);
/// Share over all pairs, for one layer of one record; NaN if nothing was counted.
double share_below(const ConflictRecord& record, const ConflictBlock& block, size_t index);
/// Its mean over the conflict records [first, end) in which anything was counted; NaN if in none.
double mean_share(const RunLog& log, size_t first, size_t end, size_t layer, size_t index);

/// The layers as boxes in definition order: shared grey, split in the tasks' colours, the fork marked.
std::string network_strip(const Pipeline& pipeline, const std::vector<LayerRecord>& layers);

}  // namespace reconcile::report
