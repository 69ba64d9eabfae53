#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/study_charts.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr double kParallelWidth = 800, kParallelTop = 66, kParallelHeight = 260, kParallelLeft = 60, kParallelRight = 60;

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
struct Scale {
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

void draw_axis(Svg& svg, const Scale& scale, size_t task) {
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

void draw_line(Svg& svg, const Scale& scale, const Contender& contender, const std::string& number) {
  std::vector<Point> line;
  const std::string colour = is_single(contender) ? "muted" : contender_colour(contender);
  for (size_t task = 0; task < scale.tasks.size(); ++task) {
    line.push_back(scale.at(task, statistic(contender, scale.tasks[task]).mean));
    for (const double value : values_of(contender, scale.tasks[task]))
      svg.circle(scale.at(task, value), 2.5, "fill " + colour, contender.label);
  }
  svg.path(line, "line " + colour + (is_single(contender) ? " dotted" : ""));
  svg.circle(line.back(), 8, "fill " + colour, contender.label);
  svg.text({line.back().x, line.back().y + 4}, number, "cell mid on-heat");
}

}  // namespace

std::string parallel_chart(const Study& study, const std::vector<Quantity>& tasks, const std::string& alt) {
  Svg svg(kParallelWidth, kParallelTop + kParallelHeight + 30, alt);
  Scale scale{.tasks = tasks, .ranges = {}};
  for (const auto& task : tasks) scale.ranges.push_back(range_of_task(study, task));
  for (size_t task = 0; task < tasks.size(); ++task) draw_axis(svg, scale, task);
  for (size_t i = 0; i < study.contenders.size(); ++i) {
    const bool has_all = std::all_of(tasks.begin(), tasks.end(), [&](const Quantity& task) {
      return statistic(study.contenders[i], task).n > 0;
    });
    if (has_all) draw_line(svg, scale, study.contenders[i], std::to_string(i + 1));
  }
  return svg.str();
}

}  // namespace reconcile::report
