#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/study_page.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr size_t kMostAxes = 12;

/// Kinds of contenders that the drawing has, as bars or as lines.
std::string kind_legend(const Study& study, const std::string& line = "", bool with_single = false) {
  std::vector<std::pair<std::string, std::string>> entries;
  const auto add = [&](const char* kind, const std::string& style, const char* name) {
    const auto is_kind = [&](const Contender& contender) { return contender.kind == kind; };
    if (std::any_of(study.contenders.begin(), study.contenders.end(), is_kind))
      entries.emplace_back(line + style, name);
  };
  if (with_single) add("single", line.empty() ? "shared" : "muted dotted", "single-task");
  add("base", "grey", "without Recon");
  add("recon", "accent", "with Recon");
  return entries.size() > 1 ? legend(entries) : "";
}

/// "1 sum  2 gls ..." as the discs and lines are numbered.
std::string number_legend(const Study& study) {
  std::string names;
  for (size_t i = 0; i < study.contenders.size(); ++i)
    names += fmt::format("<span><b>{}</b> {}</span>\n", i + 1, escape(study.contenders[i].label));
  return "<p class=\"legend\">\n" + names + "</p>\n";
}

std::string whisker_words(const Study& study) {
  return most_seeds(study) > 1 ? " Whiskers are one standard deviation over seeds, dots are seeds." : "";
}

std::string dot_words(const Study& study) {
  return most_seeds(study) > 1 ? " Discs are means over seeds, small dots seeds." : "";
}

std::string pareto_figure(const Study& study, const Quantity& x, const Quantity& y) {
  const auto front = pareto_front(study, x, y);
  const std::string members = front.size() == 1
                                  ? study.contenders[front[0]].label + " is"
                                  : fmt::format("{} of the {} methods are", front.size(), drawn(study, {x, y}).size());
  const std::string sentence = fmt::format("{} against {}: {} beaten by no other method in both (by the means).{}",
                                           x.name, y.name, members, dot_words(study));
  return figure(sentence, {pareto_chart(study, x, y, "Scatter. " + sentence)},
                kind_legend(study, "", true) + number_legend(study), {"trade-off", seed_table(study, {x, y})});
}

std::string parallel_figure(const Study& study, const std::vector<Quantity>& tasks) {
  const std::string sentence = fmt::format(
      "The methods over the tasks, an axis a task, better upwards: lines that cross trade one task for another.{}",
      most_seeds(study) > 1 ? " Lines are means, dots seeds." : "");
  return figure(sentence, {parallel_chart(study, tasks, "Parallel coordinates. " + sentence)},
                kind_legend(study, "line ", true) + number_legend(study), {"trade-off", seed_table(study, tasks)});
}

Table gain_table(const Study& study, const std::vector<Dots>& series) {
  Table table{.columns = {"task"}, .rows = {}};
  for (const auto& dots : series) table.columns.push_back(dots.label);
  for (size_t t = 0; t < study.tasks.size(); ++t) {
    auto& row = table.rows.emplace_back(1, study.tasks[t]);
    for (const auto& dots : series) row.push_back(exact_number(dots.values[t]));
  }
  return table;
}

Dots gains_of(const Contender& contender, const Study& study, const std::string& style) {
  Dots dots{.label = contender.label, .style = style, .values = {}};
  for (size_t t = 0; t < study.tasks.size(); ++t) dots.values.push_back(mean_gain(contender, study, t));
  return dots;
}

}  // namespace

Table seed_table(const Study& study, const std::vector<Quantity>& quantities) {
  Table table{.columns = {"method", "seed"}, .rows = {}};
  for (const auto& quantity : quantities) table.columns.push_back(quantity.name);
  table.columns.insert(table.columns.end(), {"parameters", "seconds per step"});
  for (const auto& contender : study.contenders) {
    for (const auto& seed : contender.seeds) {
      auto& row = table.rows.emplace_back(std::vector{contender.label, std::to_string(seed.seed)});
      for (const auto& quantity : quantities) row.push_back(exact_number(quantity.value(seed.at(Protocol::kLast))));
      row.push_back(exact_number(contender.parameters));
      row.push_back(exact_number(contender.seconds_per_step));
    }
  }
  return table;
}

std::vector<Quantity> task_quantities(const Study& study) {
  std::vector<Quantity> result = quantities(study);
  std::erase_if(result, [](const Quantity& quantity) { return quantity.name.ends_with("delta m"); });
  return result;
}

std::string method_figure(const Study& study) {
  const Contender* best = best_contender(study);
  if (!best) return paragraph("There are no single-task runs, so there is no delta m.", "dim");
  const Quantity quantity = main_quantity(study);
  const bool is_delta = quantity.name == "delta m";
  const Statistic mean = statistic(*best, quantity);
  const std::string number = (is_delta ? signed_fixed(mean.mean, quantity.digits) : fixed(mean.mean, quantity.digits)) +
                             (quantity.unit.empty() ? "" : " " + quantity.unit);
  const std::string what =
      is_delta ? "Delta m, the mean relative change over the tasks against single-task networks (higher is better)"
               : fmt::format("There are no single-task runs, so there is no delta m. Methods by {} ({} is better)",
                             quantity.name, quantity.higher_is_better ? "higher" : "lower");
  const std::string sentence =
      fmt::format("{}: {} comes first with {}.{}", what, best->label, number, whisker_words(study));
  std::vector<Quantity> shown = quantities(study);
  return figure(sentence, {method_chart(study, quantity, "Bars. " + sentence)}, kind_legend(study),
                {"methods", seed_table(study, shown)});
}

std::string many_tasks_figure(const Study& study) {
  const Contender* best = best_contender(study);
  if (!best) return "";
  const Contender& base = study.contenders[study.base];
  std::vector<Dots> series{gains_of(*best, study, "accent")};
  if (best != &base) series.push_back(gains_of(base, study, "grey"));
  const auto& gains = series.front().values;
  const auto worse = std::count_if(gains.begin(), gains.end(), [](double gain) { return gain < 0; });
  const bool is_known = std::any_of(gains.begin(), gains.end(), [](double gain) { return std::isfinite(gain); });
  if (!is_known) return paragraph("There are no single-task runs to hold every task against.", "dim");
  const std::string sentence =
      fmt::format("Each of the {} tasks against its single-task network: {} is worse in {} of them.",
                  study.tasks.size(), best->label, worse);
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& dots : series) names.emplace_back(dots.style, dots.label);
  return figure(sentence, {dot_chart(study.tasks, series, "relative gain (%)", "Dots. " + sentence)}, legend(names),
                {"task-gains", gain_table(study, series)});
}

std::string trade_off_figure(const Study& study) {
  const auto tasks = task_quantities(study);
  const bool has_each = tasks.size() == study.tasks.size() && tasks.size() > 1 && tasks.size() <= kMostAxes;
  if (!has_each || drawn(study, tasks).size() < 2) return "";
  return tasks.size() == 2 ? pareto_figure(study, tasks[0], tasks[1]) : parallel_figure(study, tasks);
}

}  // namespace reconcile::report
