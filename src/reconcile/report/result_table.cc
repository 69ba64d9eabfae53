#include "reconcile/report/result_table.h"

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"
#include "reconcile/report/quantities.h"

namespace reconcile::report {
namespace {

/// A column and the statistic of every contender in it.
struct RankedColumn {
  ResultTable::Column column;
  bool is_ranked = false, higher_is_better = true;
  std::vector<Statistic> statistics;
  std::vector<std::string> texts;
};

std::string arrow(bool higher_is_better) { return higher_is_better ? "↑" : "↓"; }

RankedColumn ranked_column(const Study& study, const Quantity& quantity, const std::string& group,
                           const std::string& name) {
  RankedColumn measure{.column = {group, name + (quantity.unit.empty() ? " " : " " + quantity.unit + " ") +
                                             arrow(quantity.higher_is_better)},
                       .is_ranked = true,
                       .higher_is_better = quantity.higher_is_better};
  for (const auto& contender : study.contenders) {
    measure.statistics.push_back(statistic(contender, quantity));
    measure.texts.push_back(text_of(measure.statistics.back(), 1, quantity.digits));
  }
  return measure;
}

RankedColumn cost_measure(const Study& study, const std::string& title, double Contender::*cost,
                          std::string (*text)(double)) {
  RankedColumn measure{.column = {"", title}};
  for (const auto& contender : study.contenders) {
    const double value = contender.*cost;
    measure.texts.push_back(std::isfinite(value) ? text(value) : "-");
  }
  return measure;
}

/// Index of the best contender that is not among `taken`; -1 if no other has a value.
int64_t leader(const Study& study, const RankedColumn& measure, const std::vector<int64_t>& taken) {
  int64_t best = -1;
  for (int64_t i = 0; i < std::ssize(study.contenders); ++i) {
    const double mean = measure.statistics[static_cast<size_t>(i)].mean;
    const bool is_taken = std::count(taken.begin(), taken.end(), i) > 0;
    if (is_taken || is_single(study.contenders[static_cast<size_t>(i)]) || !std::isfinite(mean)) continue;
    const double record = best < 0 ? kMissing : measure.statistics[static_cast<size_t>(best)].mean;
    if (best < 0 || (measure.higher_is_better ? mean > record : mean < record)) best = i;
  }
  return best;
}

/// The mark of every contender in a column.
std::vector<Mark> marks_of(const Study& study, const RankedColumn& measure) {
  std::vector<Mark> marks(study.contenders.size(), Mark::kNone);
  std::vector<int64_t> order;
  for (int place = 0; measure.is_ranked && place < 3; ++place) {
    const int64_t next = leader(study, measure, order);
    if (next >= 0) order.push_back(next);
  }
  const auto at = [&](size_t place) { return measure.statistics[static_cast<size_t>(order[place])]; };
  for (size_t place = 0; place + 1 < order.size() && exceeds_spread(at(place), at(place + 1)); ++place) {
    marks[static_cast<size_t>(order[place])] = place == 0 ? Mark::kBest : Mark::kSecond;
  }
  return marks;
}

std::vector<RankedColumn> measures(const Study& study) {
  std::vector<RankedColumn> result;
  for (const auto& [group, name, quantity] : table_quantities(study))
    result.push_back(ranked_column(study, quantity, group, name));
  result.push_back(cost_measure(study, "MB", &Contender::megabytes, [](double value) { return fixed(value, 2); }));
  result.push_back(cost_measure(study, "MACs", &Contender::macs, compact));
  result.push_back(
      cost_measure(study, "s/step", &Contender::seconds_per_step, [](double value) { return fixed(value, 3); }));
  std::erase_if(result, [](const RankedColumn& measure) {
    return std::all_of(measure.texts.begin(), measure.texts.end(), [](const auto& text) { return text == "-"; });
  });
  return result;
}

}  // namespace

ResultTable result_table(const Study& study) {
  ResultTable table;
  for (const auto& contender : study.contenders) table.labels.push_back(contender.label);
  table.cells.resize(table.labels.size());
  for (const auto& measure : measures(study)) {
    table.columns.push_back(measure.column);
    const auto marks = marks_of(study, measure);
    for (size_t i = 0; i < marks.size(); ++i) table.cells[i].push_back({measure.texts[i], marks[i]});
  }
  return table;
}

std::string mark_note(const ResultTable& table) {
  for (const auto& row : table.cells) {
    if (std::any_of(row.begin(), row.end(), [](const ResultCell& cell) { return cell.mark != Mark::kNone; })) {
      return "Best and second are marked where the lead over the next exceeds the seeds' spread (one standard "
             "deviation "
             "of a difference of two runs).";
    }
  }
  return "No best is marked: no lead exceeds the seeds' spread, or there is only one seed.";
}

Table plain_table(const ResultTable& table) {
  Table result{.columns = {"method"}, .rows = {}};
  for (const auto& [group, title] : table.columns)
    result.columns.push_back(group.empty() ? title : group + " " + title);
  for (size_t r = 0; r < table.labels.size(); ++r) {
    auto& row = result.rows.emplace_back(1, table.labels[r]);
    for (const auto& [text, mark] : table.cells[r])
      row.push_back(mark == Mark::kBest ? "**" + text + "**" : mark == Mark::kSecond ? "_" + text + "_" : text);
  }
  return result;
}

}  // namespace reconcile::report
