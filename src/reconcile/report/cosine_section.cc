#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

constexpr size_t kClusterFrom = 9;  // tasks; fewer are shown in their own order
using Matrix = std::vector<std::vector<double>>;

/// Mean cosines of all pairs in one record; 1 on the diagonal.
Matrix cosines_of(const RunLog& log, const ConflictRecord& record) {
  const size_t count = log.tasks.size();
  Matrix result(count, std::vector<double>(count, kMissing));
  const auto index = [&](const std::string& task) {
    return static_cast<size_t>(std::find(log.tasks.begin(), log.tasks.end(), task) - log.tasks.begin());
  };
  for (size_t t = 0; t < count; ++t) result[t][t] = 1;
  for (size_t p = 0; p < std::min(log.pairs.size(), record.whole.cosine.size()); ++p) {
    const size_t a = index(log.pairs[p].first), b = index(log.pairs[p].second);
    if (a < count && b < count) result[a][b] = result[b][a] = record.whole.cosine[p];
  }
  return result;
}

/// Mean over the pairs that two groups of tasks form.
double linkage(const Matrix& cosines, const std::vector<size_t>& a, const std::vector<size_t>& b) {
  double sum = 0;
  for (const size_t i : a) {
    for (const size_t j : b) sum += std::isfinite(cosines[i][j]) ? cosines[i][j] : 0;
  }
  return sum / static_cast<double>(a.size() * b.size());
}

/// The tasks in an order that puts those that agree side by side: average linkage, the closest groups first.
std::vector<size_t> clustered(const Matrix& cosines) {
  std::vector<std::vector<size_t>> groups;
  for (size_t t = 0; t < cosines.size(); ++t) groups.push_back({t});
  while (groups.size() > 1) {
    size_t first = 0, second = 1;
    double best = -HUGE_VAL;
    for (size_t i = 0; i < groups.size(); ++i) {
      for (size_t j = i + 1; j < groups.size(); ++j) {
        const double mean = linkage(cosines, groups[i], groups[j]);
        if (mean <= best) continue;
        best = mean;
        first = i;
        second = j;
      }
    }
    groups[first].insert(groups[first].end(), groups[second].begin(), groups[second].end());
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(second));
  }
  return groups.empty() ? std::vector<size_t>{} : groups[0];
}

MatrixChart chart_of(const RunLog& log, const Matrix& cosines, const std::vector<size_t>& order, std::string title) {
  MatrixChart chart{.title = std::move(title), .rows = {}, .columns = {}, .values = {}, .largest = 0};
  for (const size_t row : order) {
    chart.rows.push_back(log.tasks[row]);
    chart.columns.push_back(log.tasks[row]);
    auto& values = chart.values.emplace_back();
    auto& texts = chart.texts.emplace_back();
    for (const size_t column : order) {
      const double value = row == column ? kMissing : cosines[row][column];
      values.push_back(value);
      texts.push_back(std::isfinite(value) ? fixed(value, 2) : "");
      if (std::isfinite(value)) chart.largest = std::max(chart.largest, std::abs(value));
    }
  }
  return chart;
}

/// Epochs whose matrices are drawn: the first, the middle and the last; of many tasks only the last.
std::vector<size_t> shown_epochs(size_t count, size_t num_tasks) {
  if (num_tasks >= kClusterFrom) return {count - 1};
  std::vector<size_t> shown{0, (count - 1) / 2, count - 1};
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  return shown;
}

std::string least_pair(const RunLog& log, const std::vector<double>& cosines) {
  const auto least = static_cast<size_t>(std::min_element(cosines.begin(), cosines.end()) - cosines.begin());
  if (least >= log.pairs.size()) return "";
  return fmt::format(" {} and {} agree least at the end: {}.", log.pairs[least].first, log.pairs[least].second,
                     signed_fixed(cosines[least], 3));
}

}  // namespace

std::string cosine_figure(const RunLog& log, const std::string& name) {
  if (log.tasks.size() < 3 || log.conflicts.empty() || log.conflicts.back().whole.cosine.empty()) return "";
  const Matrix last = cosines_of(log, log.conflicts.back());
  std::vector<size_t> order(log.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  if (order.size() >= kClusterFrom) order = clustered(last);
  std::vector<MatrixChart> charts;
  double largest = 0;
  for (const size_t epoch : shown_epochs(log.conflicts.size(), order.size())) {
    const auto& record = log.conflicts[epoch];
    charts.push_back(chart_of(log, cosines_of(log, record), order, fmt::format("{}, epoch {}", name, record.epoch)));
    largest = std::max(largest, charts.back().largest);
  }
  std::vector<std::string> drawings;
  for (auto& chart : charts) {
    chart.largest = largest;
    drawings.push_back(matrix_chart(chart, "Matrix: mean cosine of each pair of tasks, " + chart.title));
  }
  const std::string sentence =
      fmt::format("Who pulls with whom ({}): the mean cosine of each pair of tasks over an epoch's steps.{}{}", name,
                  order.size() >= kClusterFrom ? " Tasks that agree stand side by side." : "",
                  least_pair(log, log.conflicts.back().whole.cosine));
  return figure(sentence, drawings, legend({{"accent", "against each other"}, {"agree", "together"}}),
                {"cosines", matrix_table(charts)});
}

std::string cosine_figures(const Pipeline& pipeline) {
  std::string body;
  for (const auto& method : methods_of(pipeline)) {
    for (const char* kind : {"base", "recon"}) {
      const auto logs = logs_of(pipeline, kind, method);
      if (!logs.empty()) body += cosine_figure(*logs.front(), label_of(pipeline, kind, method));
    }
  }
  if (!body.empty()) return body;
  const RunLog* search = search_log(pipeline);
  return search ? cosine_figure(*search, "search") : "";
}

}  // namespace reconcile::report
