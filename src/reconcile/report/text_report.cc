#include "reconcile/report/text_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/blocks.h"
#include "reconcile/report/charts.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/paper.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

constexpr size_t kRankingLines = 12;
constexpr size_t kEpochLines = 16;
constexpr int64_t kDrawingWidth = 30;

bool is_split(const Pipeline& pipeline, const RankedLayer& layer) {
  if (!pipeline.plan) return false;
  const auto& layers = pipeline.plan->layers;
  return std::find(layers.begin(), layers.end(), layer.layer) != layers.end();
}

std::string ranking_lines(const Pipeline& pipeline) {
  if (pipeline.ranking.empty()) return "";
  std::string text = "\nLayers by conflict score (* = split):\n";
  const double top = std::max(pipeline.ranking[0].score, 1e-9);
  const size_t lines = std::min(pipeline.ranking.size(), kRankingLines);
  for (size_t i = 0; i < lines; ++i) {
    const auto& entry = pipeline.ranking[i];
    text += fmt::format("{} {:<24} {:>9}  {}\n", is_split(pipeline, entry) ? '*' : ' ', entry.layer,
                        compact(entry.score), block_bar(entry.score / top, kDrawingWidth));
  }
  if (lines == pipeline.ranking.size()) return text;
  const auto rest = pipeline.ranking.begin() + static_cast<std::ptrdiff_t>(lines);
  const auto split =
      std::count_if(rest, pipeline.ranking.end(), [&](const RankedLayer& layer) { return is_split(pipeline, layer); });
  return text + fmt::format("  and {} more, {} of them split\n", pipeline.ranking.size() - lines, split);
}

/// The whole shared gradients' cosines of all pairs and epochs; "" if none were recorded.
std::string cosine_lines(const RunLog& log) {
  std::vector<double> sum(kNumBins, 0);
  for (const auto& record : log.conflicts) {
    for (const auto& pair : record.whole.histogram) {
      for (size_t bin = 0; bin < kNumBins; ++bin) sum[bin] += pair[bin];
    }
  }
  if (std::all_of(sum.begin(), sum.end(), [](double count) { return count == 0; })) return "";
  return fmt::format("\nCosines of the tasks' gradients, {} below 0:\n  -1 {} 1\n", percent(negative_share(sum)),
                     sparkline(sum, kNumBins));
}

/// The values of one number of a task over the epochs that have it.
std::vector<double> course(const RunLog& log, const std::string& task, const std::string& metric, bool is_validation) {
  std::vector<double> values;
  for (const auto& epoch : log.epochs) {
    const auto* metrics = find(is_validation ? epoch.validation : epoch.train, task);
    const double* value = metrics ? find(*metrics, metric) : nullptr;
    if (value) values.push_back(*value);
  }
  return values;
}

std::string course_line(const std::string& name, const std::string& metric, const std::vector<double>& values) {
  if (values.size() < 2) return "";
  const auto text = [&](double value) { return metric_text({value, kMissing, 1}, metric); };
  return fmt::format("  {:<28} {:>8} → {:>8}  {}\n", name, text(values.front()), text(values.back()),
                     sparkline(values, kDrawingWidth));
}

std::string course_lines(const RunLog& log) {
  std::string text;
  for (const auto& task : log.tasks) {
    text += course_line(task + " train loss", "loss", course(log, task, "loss", false));
    const auto* metrics = log.epochs.empty() ? nullptr : find(log.epochs.back().validation, task);
    if (!metrics || metrics->empty()) continue;
    const std::string metric = metrics->front().first;
    text += course_line("validation " + metric_title(task, metric), metric, course(log, task, metric, true));
  }
  return text.empty() ? "" : "\nOver the epochs:\n" + text;
}

/// Of a long table the last row and others at even distances.
Table shortened(Table table) {
  const size_t step = (table.rows.size() + kEpochLines - 1) / kEpochLines;
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if ((table.rows.size() - 1 - i) % step == 0) rows.push_back(std::move(table.rows[i]));
  }
  table.rows = std::move(rows);
  return table;
}

}  // namespace

std::string pipeline_text(const Pipeline& pipeline) {
  const std::string pending = pending_sentence(pipeline);
  const RunLog* search = search_log(pipeline);
  return fmt::format("{}: {} on {}\n{}{}\n\n{}{}{}{}", pipeline.name, pipeline.model, pipeline.dataset,
                     pending.empty() ? "" : pending + "\n", headline(pipeline), to_text(comparison_table(pipeline)),
                     paper_text(paper_tables(pipeline), to_text), search ? cosine_lines(*search) : "",
                     ranking_lines(pipeline));
}

std::string run_text(const RunLog& log) {
  return fmt::format("{}\n\n{}{}{}{}", headline(log), to_text(shortened(epoch_table(log))), course_lines(log),
                     cosine_lines(log), paper_text(paper_tables(log), to_text));
}

}  // namespace reconcile::report
