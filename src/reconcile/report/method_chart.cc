#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/improvement.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kChartWidth = 800, kChartTop = 34, kChartRow = 28, kMostLabel = 240, kColumn = 76;

bool starts_at_zero(const Quantity& quantity) { return quantity.name.ends_with("delta m"); }

std::vector<size_t> best_first(const Study& study, const Quantity& quantity) {
  auto order = drawn(study, {quantity});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const double left = statistic(study.contenders[a], quantity).mean;
    const double right = statistic(study.contenders[b], quantity).mean;
    return quantity.higher_is_better ? left > right : left < right;
  });
  return order;
}

Range range_of_seeds(const Study& study, const std::vector<size_t>& order, const Quantity& quantity) {
  std::vector<double> ends;
  if (starts_at_zero(quantity)) ends.push_back(0);
  for (const size_t i : order) {
    const auto values = values_of(study.contenders[i], quantity);
    const Statistic mean = mean_and_sd(values);
    ends.insert(ends.end(), values.begin(), values.end());
    if (mean.n > 1) ends.insert(ends.end(), {mean.mean - mean.sd, mean.mean + mean.sd});
  }
  return widened(range_of(ends), 0.04);
}

void draw_whisker(Svg& svg, const Axes& axes, const Statistic& mean, double y) {
  if (mean.n < 2) return;
  const double low = axes.at(mean.mean - mean.sd, 0).x, high = axes.at(mean.mean + mean.sd, 0).x;
  svg.line({low, y}, {high, y}, "ink");
  for (const double x : {low, high}) svg.line({x, y - 5}, {x, y + 5}, "ink");
}

void draw_method(Svg& svg, const Axes& axes, const Contender& contender, const Quantity& quantity, double y) {
  const Statistic mean = statistic(contender, quantity);
  const double end = axes.at(mean.mean, 0).x, zero = axes.at(0, 0).x;
  const std::string tip = contender.label + ": " + text_of(mean, 1, quantity.digits);
  if (starts_at_zero(quantity)) {
    svg.rect({std::min(zero, end), y - 8, std::abs(end - zero), 16}, "fill " + contender_colour(contender), tip);
  } else {
    svg.circle({end, y}, 6, "fill " + contender_colour(contender), tip);
  }
  draw_whisker(svg, axes, mean, y);
  if (mean.n < 2) return;
  for (const auto& seed : contender.seeds) {
    const double value = quantity.value(seed.at(Protocol::kLast));
    svg.circle({axes.at(value, 0).x, y}, 2, "dot",
               fmt::format("seed {}: {}", seed.seed, fixed(value, quantity.digits)));
  }
}

void draw_columns(Svg& svg, const std::vector<std::string>& texts, double y, const std::string& style) {
  for (size_t c = 0; c < texts.size(); ++c) {
    const double right = kChartWidth - kColumn * static_cast<double>(texts.size() - 1 - c);
    svg.text({right, y}, texts[c], style + " end");
  }
}

std::string known(double value, std::string text) { return std::isfinite(value) ? std::move(text) : "-"; }

}  // namespace

std::string method_chart(const Study& study, const Quantity& quantity, const std::string& alt) {
  const auto order = best_first(study, quantity);
  double left = 60;
  for (const size_t i : order) left = std::max(left, text_width(study.contenders[i].label));
  left = std::min(left, kMostLabel) + 10;
  const double height = kChartRow * static_cast<double>(order.size());
  const double width = kChartWidth - left - 3 * kColumn - 34;
  Svg svg(kChartWidth, kChartTop + height + 40, alt);
  Axes axes(svg, {left, kChartTop, width, height}, range_of_seeds(study, order, quantity), {0, 1});
  axes.draw_x(5, quantity.name + (quantity.unit.empty() ? "" : " (" + quantity.unit + ")"));
  draw_columns(svg, {quantity.name, "parameters", "s/step"}, kChartTop - 14, "small");
  for (size_t row = 0; row < order.size(); ++row) {
    const Contender& contender = study.contenders[order[row]];
    const double y = kChartTop + kChartRow * (static_cast<double>(row) + 0.5);
    svg.text_within({0, y + 4}, left - 10, contender.label);
    draw_method(svg, axes, contender, quantity, y);
    draw_columns(svg,
                 {text_of(statistic(contender, quantity), 1, quantity.digits),
                  known(contender.parameters, compact(contender.parameters)),
                  known(contender.seconds_per_step, fixed(contender.seconds_per_step, 3))},
                 y + 4, "");
  }
  if (starts_at_zero(quantity)) {
    const double zero = axes.at(0, 0).x;
    svg.line({zero, kChartTop - 4}, {zero, kChartTop + height}, "ink");
    svg.text({std::clamp(zero, left + 34, left + width - 34), kChartTop - 14}, "single-task", "small mid");
  }
  return svg.str();
}

double mean_gain(const Contender& contender, const Study& study, size_t task) {
  std::vector<double> gains;
  for (const auto& seed : contender.seeds) {
    const Measured& measured = seed.at(Protocol::kLast);
    gains.push_back(task_gain(study.tasks[task], study.kinds[task], measured.metrics, measured.single));
  }
  return mean_and_sd(gains).mean;
}

std::string contender_colour(const Contender& contender) { return contender.kind == "recon" ? "accent" : "grey"; }

std::vector<size_t> drawn(const Study& study, const std::vector<Quantity>& quantities) {
  std::vector<size_t> places;
  for (size_t i = 0; i < study.contenders.size(); ++i) {
    const bool has_all = std::all_of(quantities.begin(), quantities.end(), [&](const Quantity& quantity) {
      return statistic(study.contenders[i], quantity).n > 0;
    });
    if (has_all && !is_single(study.contenders[i])) places.push_back(i);
  }
  return places;
}

size_t most_seeds(const Study& study) {
  size_t most = 0;
  for (const auto& contender : study.contenders) most = std::max(most, contender.seeds.size());
  return most;
}

}  // namespace reconcile::report
