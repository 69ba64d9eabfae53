#include "reconcile/report/improvement.h"

#include <cmath>
#include <map>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

double value_of(const PerTask<double>& values, const std::string& task, const std::string& metric) {
  const auto* metrics = find(values, task);
  const double* value = metrics ? find(*metrics, metric) : nullptr;
  return value ? *value : kMissing;
}

/// Relative gain of every criterion, positive where it got better.
std::vector<double> gains(const std::string& task, const std::string& kind, const PerTask<double>& values,
                          const PerTask<double>& single) {
  std::vector<double> result;
  for (const auto& metric : criteria_of(kind)) {
    const double base = value_of(single, task, metric);
    const double change = base == 0 ? kMissing : (value_of(values, task, metric) - base) / base;
    result.push_back(better(metric) == "lower is better" ? -change : change);
  }
  return result;
}

double percent_of_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? kMissing : 100 * sum / static_cast<double>(values.size());
}

}  // namespace

std::vector<std::string> criteria_of(std::string_view kind) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> criteria{
      {"classification", {"accuracy"}},
      {"multi_label", {"accuracy"}},
      {"regression", {"mae"}},
      {"segmentation", {"miou", "pixel_accuracy"}},
      {"parts", {"miou", "pixel_accuracy"}},
      {"depth", {"abs_err", "rel_err"}},
      {"normals", {"mean_angle", "median_angle", "within_11.25", "within_22.5", "within_30"}},
      {"saliency", {"miou"}},
      {"edges", {"best_f"}}};
  const auto place = criteria.find(kind);
  return place == criteria.end() ? std::vector<std::string>{} : place->second;
}

Improvement improvement(const std::vector<std::string>& tasks, const std::vector<std::string>& kinds,
                        const PerTask<double>& values, const PerTask<double>& single) {
  std::vector<double> of_tasks, all;
  for (size_t t = 0; t < tasks.size(); ++t) {
    const auto of_task = gains(tasks[t], kinds[t], values, single);
    of_tasks.push_back(percent_of_mean(of_task) / 100);
    all.insert(all.end(), of_task.begin(), of_task.end());
  }
  return {percent_of_mean(of_tasks), -percent_of_mean(all)};
}

double task_gain(const std::string& task, const std::string& kind, const PerTask<double>& values,
                 const PerTask<double>& single) {
  return percent_of_mean(gains(task, kind, values, single));
}

}  // namespace reconcile::report
