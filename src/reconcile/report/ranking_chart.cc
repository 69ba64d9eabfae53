#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/summary.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kRankingWidth = 940, kRankingTop = 30, kRankingRow = 20, kMaxRankingLabel = 190, kScoreText = 60,
                 kGap = 24, kAddedText = 120;
constexpr double kBold = 1.1;                    // how much wider bold letters are
constexpr size_t kMinRows = 30, kBeyondCut = 8;  // a long ranking is cut, but never close to K

/// Columns of the drawing: label, score bar, score, added-parameters bar, its text.
struct Columns {
  double label, score, score_width, added, added_width;
};

Columns layout(const std::vector<RankedLayer>& ranking) {
  double label = 40;
  for (const auto& entry : ranking) label = std::max(label, kBold * text_width(entry.layer));
  label = std::min(label, kMaxRankingLabel);
  const double room = kRankingWidth - label - 10 - kScoreText - kGap - kAddedText;
  const double score = label + 10, score_width = 0.65 * room;
  return {label, score, score_width, score + score_width + kScoreText + kGap, 0.35 * room};
}

/// Parameters that splitting the first `k` layers adds; NaN if the costs are not known.
double added_parameters(const Pipeline& pipeline, size_t k) {
  return k < pipeline.costs.size() ? pipeline.costs[k].parameters - pipeline.costs[0].parameters : kMissing;
}

void draw_row(Svg& svg, const Columns& columns, const Pipeline& pipeline, size_t i, bool is_split) {
  const auto& [layer, score, parameters] = pipeline.ranking[i];
  const double y = kRankingTop + kRankingRow * static_cast<double>(i), base = y + kRankingRow / 2 + 4;
  const double top_score = std::max(pipeline.ranking.front().score, 1e-9),
               width = columns.score_width * score / top_score;
  const std::string tip = fmt::format("{}: score {}, {} parameters", layer, compact(score), compact(parameters));
  svg.text_within({0, base}, columns.label, layer, is_split ? "strong" : "");
  svg.rect({columns.score, y + 3, width, kRankingRow - 6}, is_split ? "fill accent" : "before", tip);
  svg.text({columns.score + std::max(width, 0.0) + 6, base}, compact(score), "small");
  if (pipeline.costs.empty()) return;
  const double added = added_parameters(pipeline, i + 1), all = added_parameters(pipeline, pipeline.costs.size() - 1);
  const double added_width = columns.added_width * added / std::max(all, 1.0);
  svg.rect({columns.added, y + 6, added_width, kRankingRow - 12}, "fill muted");
  svg.text({columns.added + std::max(added_width, 0.0) + 6, base},
           fmt::format("+{} ({})", compact(added),
                       factor(pipeline.costs[std::min(i + 1, pipeline.costs.size() - 1)].parameters /
                              pipeline.costs[0].parameters)),
           "small");
}

}  // namespace

std::string ranking_chart(const Pipeline& pipeline) {
  const auto columns = layout(pipeline.ranking);
  const int64_t cut = cut_of(pipeline);
  const size_t wanted = std::max(kMinRows, static_cast<size_t>(std::max<int64_t>(cut, 0)) + kBeyondCut);
  const size_t rows = std::min(pipeline.ranking.size(), wanted);
  const double height = kRankingRow * static_cast<double>(rows);
  Svg svg(kRankingWidth, kRankingTop + height + 24,
          "Bars: conflict score of every layer in ranking order, and parameters added by splitting");
  svg.text({columns.score, 16}, "conflict score", "small");
  if (!pipeline.costs.empty()) svg.text({columns.added, 16}, "parameters added up to here", "small");
  std::set<std::string> chosen;
  if (pipeline.plan) chosen = {pipeline.plan->layers.begin(), pipeline.plan->layers.end()};
  for (size_t i = 0; i < rows; ++i) draw_row(svg, columns, pipeline, i, chosen.contains(pipeline.ranking[i].layer));
  if (cut >= 0) {
    const double y = kRankingTop + kRankingRow * static_cast<double>(cut);
    svg.line({0, y}, {kRankingWidth, y}, "cut");
    svg.text({kRankingWidth, y - 4}, fmt::format("K = {}", cut), "small end accent-text");
  }
  if (rows < pipeline.ranking.size()) {
    svg.text({0, kRankingTop + height + 18},
             fmt::format("{} layers with lower scores are in the data.", pipeline.ranking.size() - rows), "small");
  }
  return svg.str();
}

}  // namespace reconcile::report
