#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/series.h"

namespace reconcile::report {
namespace {

constexpr size_t kWorstShown = 5, kMostMatrices = 8;

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// A class and how well it is found.
struct ClassScore {
  size_t index;
  double recall, iou;
  size_t taken_for;  ///< the other class it is taken for most often
  double taken;      ///< share
};

std::vector<ClassScore> scores_of(const ConfusionRecord& record) {
  std::vector<ClassScore> scores;
  for (size_t k = 0; k < record.counts.size(); ++k) {
    const double truth = sum_of(record.counts[k]);
    if (truth == 0) continue;
    double predicted = 0;
    size_t other = k == 0 ? 1 : 0;
    for (size_t j = 0; j < record.counts.size(); ++j) {
      predicted += record.counts[j][k];
      if (j != k && record.counts[k][j] > record.counts[k][other]) other = j;
    }
    const double hits = record.counts[k][k];
    const double taken = other < record.counts.size() ? record.counts[k][other] / truth : 0;
    scores.push_back({k, hits / truth, hits / (truth + predicted - hits), other, taken});
  }
  std::sort(scores.begin(), scores.end(), [](const auto& a, const auto& b) { return a.recall < b.recall; });
  return scores;
}

MatrixChart chart_of_counts(const ConfusionRecord& record, const std::string& title) {
  MatrixChart chart{.title = title,
                    .rows = {},
                    .columns = {},
                    .values = {},
                    .column_title = "rows: true class, columns: predicted class"};
  for (size_t r = 0; r < record.counts.size(); ++r) {
    chart.rows.push_back(std::to_string(r));
    chart.columns.push_back(std::to_string(r));
    const double truth = sum_of(record.counts[r]);
    auto& values = chart.values.emplace_back();
    auto& texts = chart.texts.emplace_back();
    for (const double count : record.counts[r]) {
      values.push_back(truth > 0 ? count / truth : kMissing);
      texts.push_back(count >= 0.005 * truth && truth > 0 ? fixed(100 * count / truth, 0) : "");
    }
  }
  return chart;
}

Table class_table(const std::vector<ClassScore>& scores) {
  Table table{{"class", "found", "IoU", "taken most for"}, {}};
  for (size_t i = 0; i < std::min(kWorstShown, scores.size()); ++i) {
    const auto& score = scores[i];
    table.rows.push_back({std::to_string(score.index), percent(score.recall), percent(score.iou),
                          score.taken > 0 ? fmt::format("{} ({})", score.taken_for, percent(score.taken)) : "-"});
  }
  return table;
}

const ConfusionRecord* confusion_of(const RunLog* log, const std::string& task) {
  if (!log) return nullptr;
  for (const auto& record : log->confusion) {
    if (record.task == task) return &record;
  }
  return nullptr;
}

std::string sentence_of(const std::string& task, const std::string& name, const std::vector<ClassScore>& scores) {
  const auto& worst = scores.front();
  std::string text =
      fmt::format("{}: {} finds class {} least, in {} of its cases", task, name, worst.index, percent(worst.recall));
  if (worst.taken > 0) text += fmt::format(", and takes it for class {} in {}", worst.taken_for, percent(worst.taken));
  return text + ". Each row is a true class, in percent of its cases.";
}

/// The matrices of one task side by side, and the worst classes of the last.
std::string task_figure_of(const std::string& task, const Named<const RunLog*>& logs) {
  std::vector<MatrixChart> charts;
  std::vector<std::string> drawings;
  std::vector<ClassScore> scores;
  std::string name;
  for (const auto& [label, log] : logs) {
    const auto* record = confusion_of(log, task);
    if (!record || scores_of(*record).empty()) continue;
    charts.push_back(chart_of_counts(*record, task + ", " + label));
    drawings.push_back(matrix_chart(charts.back(), "Confusion matrix: " + charts.back().title));
    scores = scores_of(*record);
    name = label;
  }
  if (drawings.empty()) return "";
  return figure(sentence_of(task, name, scores), drawings, "", {"confusion " + task, matrix_table(charts)}) +
         html_table(class_table(scores));
}

/// Share of all cases that are found; 1 where nothing is known.
double accuracy_of(const ConfusionRecord* record) {
  double hits = 0, all = 0;
  for (size_t k = 0; record && k < record->counts.size(); ++k) {
    hits += record->counts[k][k];
    all += sum_of(record->counts[k]);
  }
  return all > 0 ? hits / all : 1;
}

/// Of many tasks those that do worst.
std::string figures_of(std::vector<std::string> tasks, const Named<const RunLog*>& logs) {
  if (logs.empty()) return "";
  std::erase_if(tasks, [&](const std::string& task) { return !confusion_of(logs.back().second, task); });
  const size_t all = tasks.size();
  if (all > kMostMatrices) {
    const auto accuracy = [&](const std::string& task) { return accuracy_of(confusion_of(logs.back().second, task)); };
    std::stable_sort(tasks.begin(), tasks.end(),
                     [&](const auto& a, const auto& b) { return accuracy(a) < accuracy(b); });
    tasks.resize(kMostMatrices);
  }
  std::string body;
  if (all > tasks.size()) {
    body = paragraph(
        fmt::format("The {} of {} tasks that are found least often; run.jsonl has the others.", tasks.size(), all),
        "dim");
  }
  for (const auto& task : tasks) body += task_figure_of(task, logs);
  return body;
}

}  // namespace

std::string confusion_section(const Pipeline& pipeline) { return figures_of(pipeline.tasks, example_runs(pipeline)); }

std::string confusion_figures(const RunLog& log) { return figures_of(log.tasks, {{log.method, &log}}); }

}  // namespace reconcile::report
