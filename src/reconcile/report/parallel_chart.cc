#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kParallelWidth = 800, kParallelTop = 66, kParallelHeight = 260, kParallelLeft = 60,
                 kParallelRight = 60;

/// The values of a task over all contenders and seeds.
Range range_of_task(const Study& study, const Quantity& quantity) {
  std::vector<double> all;
  for (const auto& contender : study.contenders) {
    const auto values = values_of(contender, quantity);
    all.insert(all.end(), values.begin(), values.end());
  }
  return widened(range_of(all), 0.05);
}

/// Where the axes of the tasks stand, and where a value of a task is on its axis: better is higher.
struct TaskAxes {
  const std::vector<Quantity>& tasks;
  std::vector<Range> ranges;

  [[nodiscard]] double x(size_t task) const {
    const double step = (kParallelWidth - kParallelLeft - kParallelRight) / static_cast<double>(tasks.size() - 1);
    return kParallelLeft + step * static_cast<double>(task);
  }
  [[nodiscard]] Point at(size_t task, double value) const {
    const auto [low, high] = ranges[task];
    const double height = (value - low) / (high - low);
    return {x(task), kParallelTop + kParallelHeight * (tasks[task].higher_is_better ? 1 - height : height)};
  }
};

void draw_axis(Svg& svg, const TaskAxes& scale, size_t task) {
  const Quantity& quantity = scale.tasks[task];
  const auto [low, high] = scale.ranges[task];
  const double x = scale.x(task);
  const std::string top = fixed(quantity.higher_is_better ? high : low, quantity.digits);
  const std::string bottom = fixed(quantity.higher_is_better ? low : high, quantity.digits);
  svg.line({x, kParallelTop}, {x, kParallelTop + kParallelHeight}, "line " + task_colour(task));
  const size_t blank = quantity.name.rfind(' ');
  svg.text({x, 14}, quantity.name.substr(0, blank), "mid strong");
  svg.text({x, 30}, quantity.name.substr(blank + 1) + (quantity.unit.empty() ? "" : " " + quantity.unit), "small mid");
  svg.text({x, kParallelTop - 12}, top, "small mid");
  svg.text({x, kParallelTop + kParallelHeight + 16}, bottom, "small mid");
}

std::string line_colour(const Contender& contender) {
  return is_single(contender) ? "muted" : contender_colour(contender);
}

Point end_of(const TaskAxes& scale, const Contender& contender) {
  const size_t last = scale.tasks.size() - 1;
  return scale.at(last, statistic(contender, scale.tasks[last]).mean);
}

void draw_line(Svg& svg, const TaskAxes& scale, const Contender& contender) {
  std::vector<Point> line;
  const std::string colour = line_colour(contender);
  for (size_t task = 0; task < scale.tasks.size(); ++task) {
    line.push_back(scale.at(task, statistic(contender, scale.tasks[task]).mean));
    for (const double value : values_of(contender, scale.tasks[task]))
      svg.circle(scale.at(task, value), 2.5, "fill " + colour, contender.label);
  }
  svg.path(line, "line " + colour + (is_single(contender) ? " dotted" : ""));
}

/// The numbers stand right of the last axis, from the top, none on another.
void draw_numbers(Svg& svg, const TaskAxes& scale, const Study& study, std::vector<size_t> places) {
  std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    return end_of(scale, study.contenders[a]).y < end_of(scale, study.contenders[b]).y;
  });
  double free = 0;
  for (const size_t place : places) {
    const Point end = end_of(scale, study.contenders[place]);
    const Point centre{end.x + 34, std::max(end.y, free)};
    free = centre.y + 19;
    svg.line(end, centre, "muted");
    svg.circle(centre, 9, "fill " + line_colour(study.contenders[place]), study.contenders[place].label);
    svg.text({centre.x, centre.y + 4}, std::to_string(place + 1), "cell mid on-heat");
  }
}

}  // namespace

std::string parallel_chart(const Study& study, const std::vector<Quantity>& tasks, const std::string& alt) {
  Svg svg(kParallelWidth, kParallelTop + kParallelHeight + 30, alt);
  TaskAxes scale{.tasks = tasks, .ranges = {}};
  for (const auto& task : tasks) scale.ranges.push_back(range_of_task(study, task));
  for (size_t task = 0; task < tasks.size(); ++task) draw_axis(svg, scale, task);
  std::vector<size_t> places;
  for (size_t i = 0; i < study.contenders.size(); ++i) {
    const bool has_all = std::all_of(tasks.begin(), tasks.end(),
                                     [&](const Quantity& task) { return statistic(study.contenders[i], task).n > 0; });
    if (!has_all) continue;
    places.push_back(i);
    draw_line(svg, scale, study.contenders[i]);
  }
  draw_numbers(svg, scale, study, places);
  return svg.str();
}

}  // namespace reconcile::report
