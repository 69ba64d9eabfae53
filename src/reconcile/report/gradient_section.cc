#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/series.h"

namespace reconcile::report {
namespace {

using Block = PerTask<double> GradientRecord::*;

/// A number of a task in the `gradients` of an epoch.
Reading gradient_of(Block block, const std::string& name) {
  return [block, name](const EpochRecord& epoch, const std::string& task) {
    const auto* numbers = epoch.gradients ? find((*epoch.gradients).*block, task) : nullptr;
    const double* value = numbers ? find(*numbers, name) : nullptr;
    return value ? *value : kMissing;
  };
}

Reading condition_of(double GradientRecord::*number) {
  return [number](const EpochRecord& epoch, const std::string&) {
    return epoch.gradients ? (*epoch.gradients).*number : kMissing;
  };
}

/// A measure and what its curves say.
struct Topic {
  Measure measure;
  std::string sentence;
};

std::vector<Topic> topics() {
  return {
      {{.title = "task weight",
        .value = training("weight"),
        .low = training("weight_min"),
        .high = training("weight_max"),
        .is_of_single = false},
       "The weight of each task's gradient in the shared update, on the scale where plain summing weighs each task "
       "1: a task whose weight stays near 0 is ignored, one far above the others leads. Lines are means over an "
       "epoch's steps, bands their extremes."},
      {{.title = "gradient norm",
        .value = gradient_of(&GradientRecord::norms, "mean"),
        .low = gradient_of(&GradientRecord::norms, "min"),
        .high = gradient_of(&GradientRecord::norms, "max"),
        .is_log = true,
        .is_of_single = false},
       "How long each task's gradient of the shared parameters is: lines far apart are a difference of scales, "
       "which a sum leaves to the longest. Means over an epoch's steps, bands their extremes."},
      {{.title = "condition number",
        .value = condition_of(&GradientRecord::condition_median),
        .low = condition_of(&GradientRecord::condition_median),
        .high = condition_of(&GradientRecord::condition_max),
        .is_log = true,
        .is_of_single = false,
        .is_of_tasks = false},
       "How far the tasks' directions are from independent, whatever their lengths: the condition number of their "
       "Gramian, 1 where they are orthogonal. Median over an epoch's steps, the band up to the largest."},
      {{.title = "effective progress", .value = gradient_of(&GradientRecord::progress, "mean"), .is_of_single = false},
       "What a step does for each task, to first order: the mean cosine of its gradient with the direction that "
       "was applied. Below 0 its loss rises."},
      {{.title = "steps where the loss rises",
        .value = gradient_of(&GradientRecord::progress, "up"),
        .is_percent = true,
        .is_of_single = false},
       "The share of steps that raise a task's loss, to first order: a method that promises common descent "
       "stays at 0."}};
}

/// The task whose loss goes up most often over the whole run, in words; "" where nothing tells.
std::string sufferer(const RunLog& log) {
  const Reading up = gradient_of(&GradientRecord::progress, "up");
  double worst = -1;
  std::string name;
  for (const auto& task : log.tasks) {
    double sum = 0, count = 0;
    for (const auto& epoch : log.epochs) {
      const double share = up(epoch, task);
      if (!std::isfinite(share)) continue;
      sum += share;
      count += 1;
    }
    if (count == 0 || sum / count <= worst) continue;
    worst = sum / count;
    name = task;
  }
  return name.empty() ? "" : fmt::format(" {} suffers most: in {} of the steps.", name, percent(worst));
}

}  // namespace

std::string gradient_section(const Pipeline& pipeline) {
  std::string body;
  for (const auto& [measure, sentence] : topics()) {
    const std::string tasks = measure.is_of_tasks ? task_legend(pipeline.tasks) : "";
    body += curve_figure(sentence, method_charts(pipeline, measure), tasks + line_legend(measure.is_of_single),
                         measure.title);
  }
  return body;
}

std::string gradient_figures(const RunLog& log) {
  std::string body;
  for (const auto& [measure, sentence] : topics()) {
    const bool is_last = measure.is_percent;
    body += curve_figure(sentence + (is_last ? sufferer(log) : ""), {run_chart(log, measure)},
                         measure.is_of_tasks ? task_legend(log.tasks) : "", measure.title);
  }
  return body;
}

}  // namespace reconcile::report
