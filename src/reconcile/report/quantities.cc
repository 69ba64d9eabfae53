#include "reconcile/report/quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

double metric_of(const Measured& measured, const std::string& task, const std::string& metric) {
  const auto* metrics = find(measured.metrics, task);
  const double* value = metrics ? find(*metrics, metric) : nullptr;
  return value ? *value : kMissing;
}

double mean_metric(const Measured& measured, const std::vector<std::string>& tasks, const std::string& metric) {
  double sum = 0;
  for (const auto& task : tasks) sum += metric_of(measured, task, metric);
  return sum / static_cast<double>(tasks.size());
}

/// The first metric that any network has of a task; "" if none was measured.
std::string first_metric_of(const Study& study, const std::string& task) {
  for (const auto& contender : study.contenders) {
    for (const auto& seed : contender.seeds) {
      const auto* metrics = find(seed.at(Protocol::kLast).metrics, task);
      if (metrics && !metrics->empty()) return metrics->front().first;
    }
  }
  return "";
}

/// The first metric of all tasks; "" where they are not measured alike.
std::string common_metric(const Study& study) {
  std::string metric;
  for (const auto& task : study.tasks) {
    const std::string first = first_metric_of(study, task);
    if (first.empty() || (!metric.empty() && first != metric)) return "";
    metric = first;
  }
  return metric;
}

Quantity quantity_of(const std::string& name, const std::string& metric, std::function<double(const Measured&)> value) {
  const double scale = is_share(metric) ? 100 : 1;
  return {name, metric_unit(metric), better(metric) != "lower is better", metric_digits(metric),
          [scale, value = std::move(value)](const Measured& measured) { return scale * value(measured); }};
}

Quantity task_quantity(const std::string& task, const std::string& metric) {
  return quantity_of(task + " " + metric, metric,
                     [=](const Measured& measured) { return metric_of(measured, task, metric); });
}

Quantity mean_quantity(const Study& study, const std::string& metric) {
  return quantity_of(
      fmt::format("mean {} of {} tasks", metric, study.tasks.size()), metric,
      [tasks = study.tasks, metric](const Measured& measured) { return mean_metric(measured, tasks, metric); });
}

bool has_any(const Study& study, const Quantity& quantity) {
  return std::any_of(study.contenders.begin(), study.contenders.end(),
                     [&](const Contender& contender) { return statistic(contender, quantity).n > 0; });
}

/// The metrics that some network has of a task, without losses and what restates another.
std::vector<std::string> shown_metrics(const Study& study, const std::string& task) {
  std::vector<std::string> names;
  for (const auto& contender : study.contenders) {
    for (const auto& seed : contender.seeds) {
      const auto* metrics = find(seed.at(Protocol::kLast).metrics, task);
      for (const auto& [metric, value] : metrics ? *metrics : Named<double>{}) {
        const bool is_known = std::count(names.begin(), names.end(), metric) > 0;
        if (metric != "loss" && !restates_another(metric) && !is_known) names.push_back(metric);
      }
    }
  }
  return names;
}

/// Metrics of all tasks where there are many that are measured alike.
std::vector<std::string> averaged_metrics(const Study& study) {
  if (study.tasks.size() <= kManyTasks) return {};
  const auto names = shown_metrics(study, study.tasks.front());
  const bool alike = std::all_of(study.tasks.begin(), study.tasks.end(),
                                 [&](const std::string& task) { return shown_metrics(study, task) == names; });
  return alike ? names : std::vector<std::string>{};
}

std::vector<Quantity> delta_quantities(const Study& study) {
  std::vector<Quantity> result{
      {"delta m", "%", true, 2, [](const Measured& measured) { return measured.delta_m; }},
      {"flat delta m", "%", false, 2, [](const Measured& measured) { return measured.delta_m_flat; }}};
  std::erase_if(result, [&](const Quantity& quantity) { return !has_any(study, quantity); });
  return result;
}

}  // namespace

std::vector<Quantity> quantities(const Study& study) {
  std::vector<Quantity> result = delta_quantities(study);
  const std::string metric = common_metric(study);
  if (study.tasks.size() > kManyTasks && !metric.empty()) {
    result.push_back(mean_quantity(study, metric));
    return result;
  }
  for (const auto& task : study.tasks) {
    const std::string first = first_metric_of(study, task);
    if (!first.empty()) result.push_back(task_quantity(task, first));
  }
  return result;
}

std::vector<TableQuantity> table_quantities(const Study& study) {
  std::vector<TableQuantity> result;
  const auto averaged = averaged_metrics(study);
  const std::string group = fmt::format("mean of {} tasks", study.tasks.size());
  for (const auto& metric : averaged) result.push_back({group, metric, mean_quantity(study, metric)});
  for (const auto& task : averaged.empty() ? study.tasks : std::vector<std::string>{}) {
    for (const auto& metric : shown_metrics(study, task)) result.push_back({task, metric, task_quantity(task, metric)});
  }
  for (const auto& quantity : delta_quantities(study)) result.push_back({"", quantity.name, quantity});
  return result;
}

Quantity main_quantity(const Study& study) {
  const auto deltas = delta_quantities(study);
  if (!deltas.empty()) return deltas.front();
  const std::string metric = common_metric(study);
  if (!metric.empty() && study.tasks.size() > 1) return mean_quantity(study, metric);
  return task_quantity(study.tasks.front(), first_metric_of(study, study.tasks.front()));
}

std::vector<double> values_of(const Contender& contender, const Quantity& quantity, Protocol protocol) {
  std::vector<double> values;
  for (const auto& seed : contender.seeds) values.push_back(quantity.value(seed.at(protocol)));
  return values;
}

Statistic statistic(const Contender& contender, const Quantity& quantity, Protocol protocol) {
  return mean_and_sd(values_of(contender, quantity, protocol));
}

Difference paired_difference(const Contender& contender, const Contender& base, const Quantity& quantity,
                             Protocol protocol) {
  std::vector<double> differences;
  for (const auto& seed : contender.seeds) {
    for (const auto& other : base.seeds) {
      if (seed.seed != other.seed) continue;
      differences.push_back(quantity.value(seed.at(protocol)) - quantity.value(other.at(protocol)));
    }
  }
  return mean_difference(differences);
}

const Contender* best_contender(const Study& study, Protocol protocol) {
  if (study.contenders.empty()) return nullptr;
  const Quantity quantity = main_quantity(study);
  const Contender* best = nullptr;
  double best_mean = kMissing;
  for (const auto& contender : study.contenders) {
    const double mean = statistic(contender, quantity, protocol).mean;
    if (is_single(contender) || !std::isfinite(mean)) continue;
    if (best && !(quantity.higher_is_better ? mean > best_mean : mean < best_mean)) continue;
    best = &contender;
    best_mean = mean;
  }
  return best;
}

}  // namespace reconcile::report
