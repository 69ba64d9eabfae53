#include "reconcile/report/contenders.h"

#include <algorithm>
#include <cmath>

#include "reconcile/report/contender_names.h"
#include "reconcile/report/improvement.h"

namespace reconcile::report {
namespace {

PerTask<double> mean_of_last(const std::vector<PerTask<double>>& epochs, int64_t count) {
  PerTask<double> mean;
  if (static_cast<int64_t>(epochs.size()) < count) return mean;
  for (auto epoch = epochs.end() - count; epoch != epochs.end(); ++epoch) {
    for (const auto& [task, metrics] : *epoch) {
      for (const auto& [metric, value] : metrics)
        entry(entry(mean, task), metric) += value / static_cast<double>(count);
    }
  }
  return mean;
}

PerTask<double> metrics_of(const Outcome& run, Protocol protocol, int64_t averaged) {
  if (protocol == Protocol::kLast) return run.last;
  if (protocol == Protocol::kBest) return run.best;
  if (run.validation.empty()) return {};
  return protocol == Protocol::kValidationLast ? run.validation.back() : mean_of_last(run.validation, averaged);
}

SeedResult& result_of(Contender& contender, int64_t seed) {
  auto place = std::find_if(contender.seeds.begin(), contender.seeds.end(),
                            [seed](const SeedResult& result) { return result.seed >= seed; });
  if (place == contender.seeds.end() || place->seed != seed) place = contender.seeds.insert(place, {.seed = seed});
  return *place;
}

/// Adds a run's numbers; the single-task runs of a seed are joined.
void add_seed(const Outcome& run, const Study& study, Contender& contender) {
  SeedResult& result = result_of(contender, run.seed);
  for (const Protocol protocol : kProtocols) {
    auto& metrics = result.by_protocol[static_cast<size_t>(protocol)].metrics;
    for (auto& task : metrics_of(run, protocol, study.averaged_epochs)) metrics.push_back(std::move(task));
  }
}

double mean_cost(const std::vector<const Outcome*>& runs, double Outcome::*cost) {
  double sum = 0;
  for (const Outcome* run : runs) sum += run->*cost;
  return runs.empty() ? kMissing : sum / static_cast<double>(runs.size());
}

/// Sizes of single-task networks add up; times a step are those of one network.
void set_costs(const std::vector<const Outcome*>& runs, bool is_single, Contender& contender) {
  const double networks =
      is_single ? static_cast<double>(runs.size()) / static_cast<double>(contender.seeds.size()) : 1;
  contender.parameters = networks * mean_cost(runs, &Outcome::parameters);
  contender.megabytes = networks * mean_cost(runs, &Outcome::megabytes);
  contender.macs = networks * mean_cost(runs, &Outcome::macs);
  contender.seconds_per_step = mean_cost(runs, &Outcome::seconds_per_step);
}

Contender make_contender(const ContenderName& name, const std::vector<const Outcome*>& runs, bool is_single,
                         const Study& study) {
  const Outcome& first = *runs.front();
  Contender contender{.label = name.label,
                      .method = is_single ? "" : first.method,
                      .kind = is_single        ? "single"
                              : first.is_split ? "recon"
                                               : "base",
                      .setting = name.setting,
                      .source = first.source};
  for (const Outcome* run : runs) add_seed(*run, study, contender);
  set_costs(runs, is_single, contender);
  return contender;
}

/// The single-task networks that a contender is held against: those of its setting, else the first.
const Contender* reference_of(const Contender& contender, const std::vector<Contender>& all) {
  const Contender* first = nullptr;
  for (const auto& other : all) {
    if (!is_single(other)) continue;
    if (other.setting == contender.setting) return &other;
    if (!first) first = &other;
  }
  return first;
}

void set_improvements(const Study& study, const Contender& reference, Contender& contender) {
  for (auto& result : contender.seeds) {
    const auto same = std::find_if(reference.seeds.begin(), reference.seeds.end(),
                                   [&](const SeedResult& other) { return other.seed == result.seed; });
    if (same == reference.seeds.end()) continue;
    for (const Protocol protocol : kProtocols) {
      Measured& measured = result.by_protocol[static_cast<size_t>(protocol)];
      measured.single = same->at(protocol).metrics;
      const auto change = improvement(study.tasks, study.kinds, measured.metrics, measured.single);
      measured.delta_m = change.delta_m;
      measured.delta_m_flat = change.delta_m_flat;
    }
  }
}

}  // namespace

std::vector<Contender> make_contenders(const std::vector<Outcome>& runs, const Study& study) {
  std::vector<bool> is_single_run;
  for (const auto& run : runs) is_single_run.push_back(run.tasks.size() == 1 && study.tasks.size() > 1);
  const auto names = contender_names(runs, is_single_run);
  Named<std::vector<size_t>> groups;
  for (const bool singles : {true, false}) {
    for (size_t i = 0; i < runs.size(); ++i) {
      if (is_single_run[i] == singles) entry(groups, names[i].label).push_back(i);
    }
  }
  std::vector<Contender> contenders;
  for (const auto& [label, members] : groups) {
    std::vector<const Outcome*> of_group;
    for (const size_t i : members) of_group.push_back(&runs[i]);
    contenders.push_back(make_contender(names[members.front()], of_group, is_single_run[members.front()], study));
  }
  for (auto& contender : contenders) {
    const Contender* reference = is_single(contender) ? nullptr : reference_of(contender, contenders);
    if (reference) set_improvements(study, *reference, contender);
  }
  return contenders;
}

}  // namespace reconcile::report
