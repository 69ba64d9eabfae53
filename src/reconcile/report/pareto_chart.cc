#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

const Box kScatter{64, 40, 500, 340};

std::string axis_title(const Quantity& quantity) {
  return quantity.name + (quantity.unit.empty() ? " " : " " + quantity.unit + " ") +
         (quantity.higher_is_better ? "↑" : "↓");
}

/// Positive where `a` is better.
double lead(const Contender& a, const Contender& b, const Quantity& quantity) {
  const double difference = statistic(a, quantity).mean - statistic(b, quantity).mean;
  return quantity.higher_is_better ? difference : -difference;
}

bool is_beaten(const Contender& own, const Contender& other, const Quantity& x, const Quantity& y) {
  const double in_x = lead(other, own, x), in_y = lead(other, own, y);
  return in_x >= 0 && in_y >= 0 && (in_x > 0 || in_y > 0);
}

Range range_of_all(const Study& study, const Quantity& quantity) {
  std::vector<double> all;
  for (const auto& contender : study.contenders) {
    const auto values = values_of(contender, quantity);
    all.insert(all.end(), values.begin(), values.end());
  }
  return widened(range_of(all), 0.08);
}

void draw_contender(Svg& svg, const Axes& axes, const Contender& contender, size_t number, const Quantity& x,
                    const Quantity& y) {
  const std::string colour = is_single(contender) ? "shared" : contender_colour(contender);
  const Point centre = axes.at(statistic(contender, x).mean, statistic(contender, y).mean);
  const auto in_x = values_of(contender, x), in_y = values_of(contender, y);
  for (size_t s = 0; s < in_x.size() && in_x.size() > 1; ++s) {
    const Point seed = axes.at(in_x[s], in_y[s]);
    svg.line(centre, seed, "muted");
    svg.circle(seed, 3, "fill " + colour, fmt::format("{}, seed {}", contender.label, contender.seeds[s].seed));
  }
  svg.circle(centre, 9, "fill " + colour,
             fmt::format("{}: {} {}, {} {}", contender.label, x.name, text_of(statistic(contender, x), 1, x.digits),
                         y.name, text_of(statistic(contender, y), 1, y.digits)));
  svg.text({centre.x, centre.y + 4}, std::to_string(number), "cell mid on-heat");
}

}  // namespace

std::vector<size_t> pareto_front(const Study& study, const Quantity& x, const Quantity& y) {
  const auto places = drawn(study, {x, y});
  std::vector<size_t> front;
  for (const size_t own : places) {
    const bool beaten = std::any_of(places.begin(), places.end(), [&](size_t other) {
      return is_beaten(study.contenders[own], study.contenders[other], x, y);
    });
    if (!beaten) front.push_back(own);
  }
  std::stable_sort(front.begin(), front.end(), [&](size_t a, size_t b) {
    return statistic(study.contenders[a], x).mean < statistic(study.contenders[b], x).mean;
  });
  return front;
}

std::string pareto_chart(const Study& study, const Quantity& x, const Quantity& y, const std::string& alt) {
  Svg svg(590, 440, alt);
  Axes axes(svg, kScatter, range_of_all(study, x), range_of_all(study, y));
  axes.draw_x(6, axis_title(x));
  axes.draw_y(6, "");
  svg.text({0, 16}, axis_title(y), "small");
  std::vector<Point> line;
  for (const size_t place : pareto_front(study, x, y))
    line.push_back(axes.at(statistic(study.contenders[place], x).mean, statistic(study.contenders[place], y).mean));
  svg.path(line, "ink dotted");
  for (size_t i = 0; i < study.contenders.size(); ++i) {
    if (statistic(study.contenders[i], x).n == 0 || statistic(study.contenders[i], y).n == 0) continue;
    draw_contender(svg, axes, study.contenders[i], i + 1, x, y);
  }
  return svg.str();
}

}  // namespace reconcile::report
