#include "reconcile/report/study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/report/contenders.h"
#include "reconcile/report/statistics.h"

namespace reconcile::report {
namespace {

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

/// The tasks of the first run that has several; of single-task runs alone, all of theirs.
void set_tasks(const std::vector<Outcome>& runs, Study& study) {
  const auto joint = std::find_if(runs.begin(), runs.end(), [](const Outcome& run) { return run.tasks.size() > 1; });
  for (const auto& run : runs) {
    if (joint != runs.end() && &run != &*joint) continue;
    for (size_t t = 0; t < run.tasks.size(); ++t) {
      if (std::count(study.tasks.begin(), study.tasks.end(), run.tasks[t]) > 0) continue;
      study.tasks.push_back(run.tasks[t]);
      study.kinds.push_back(run.kinds[t]);
    }
  }
  for (const auto& run : runs) {
    const bool is_part = run.tasks.size() == 1 && std::count(study.tasks.begin(), study.tasks.end(), run.tasks[0]) > 0;
    if (is_part || sorted(run.tasks) == sorted(study.tasks)) continue;
    fail<DataError>(
        "{}: tasks {}, but those of {} are {}. Runs of the same tasks can be compared; report on the others "
        "by themselves.",
        run.place, fmt::join(run.tasks, ", "), joint->place, fmt::join(study.tasks, ", "));
  }
}

/// The text if all runs have the same, else "".
std::string common(const std::vector<Outcome>& runs, std::string Outcome::*text) {
  for (const auto& run : runs) {
    if (run.*text != runs.front().*text) return "";
  }
  return runs.front().*text;
}

void average_at_most(const std::vector<Outcome>& runs, Study& study) {
  int64_t epochs = kMostAveragedEpochs;
  for (const auto& run : runs) {
    if (!run.validation.empty()) epochs = std::min(epochs, static_cast<int64_t>(run.validation.size()));
  }
  const bool has_any =
      std::any_of(runs.begin(), runs.end(), [](const Outcome& run) { return !run.validation.empty(); });
  study.averaged_epochs = has_any ? epochs : 0;
}

/// The contender called `name`, or -1.
int64_t find_contender(const Study& study, const std::string& name) {
  for (const auto text : {&Contender::label, &Contender::method}) {
    for (size_t i = 0; i < study.contenders.size(); ++i) {
      if (study.contenders[i].*text == name) return static_cast<int64_t>(i);
    }
  }
  return -1;
}

size_t choose_base(const Study& study, const std::string& base) {
  if (base.empty()) {
    for (size_t i = 0; i < study.contenders.size(); ++i) {
      if (study.contenders[i].kind == "base") return i;
    }
    return 0;
  }
  const int64_t found = find_contender(study, base);
  if (found >= 0) return static_cast<size_t>(found);
  std::vector<std::string> labels;
  for (const auto& contender : study.contenders) labels.push_back(contender.label);
  fail<InvalidArgument>("--base {}: no row is called that.{} Rows: {}.", base, did_you_mean(base, labels),
                        fmt::join(labels, "; "));
}

PerTask<Statistic> statistics_of(const Contender& contender, Protocol protocol) {
  PerTask<std::vector<double>> values;
  for (const auto& seed : contender.seeds) {
    for (const auto& [task, metrics] : seed.at(protocol).metrics) {
      for (const auto& [metric, value] : metrics) entry(entry(values, task), metric).push_back(value);
    }
  }
  PerTask<Statistic> result;
  for (const auto& [task, metrics] : values) {
    for (const auto& [metric, of_seeds] : metrics) entry(entry(result, task), metric) = mean_and_sd(of_seeds);
  }
  return result;
}

Statistic improvement_of(const Contender& contender, double Measured::*convention) {
  std::vector<double> values;
  for (const auto& seed : contender.seeds) values.push_back(seed.at(Protocol::kLast).*convention);
  return mean_and_sd(values);
}

Row row_of(const Contender& contender) {
  return {.label = contender.label,
          .kind = contender.kind,
          .method = contender.method,
          .parameters = contender.parameters,
          .megabytes = contender.megabytes,
          .macs = contender.macs,
          .seconds_per_step = contender.seconds_per_step,
          .metrics = statistics_of(contender, Protocol::kLast),
          .best_metrics = statistics_of(contender, Protocol::kBest),
          .delta_m = improvement_of(contender, &Measured::delta_m),
          .delta_m_flat = improvement_of(contender, &Measured::delta_m_flat)};
}

std::vector<int64_t> all_seeds(const Study& study) {
  std::vector<int64_t> seeds;
  for (const auto& contender : study.contenders) {
    for (const auto& seed : contender.seeds) {
      if (std::count(seeds.begin(), seeds.end(), seed.seed) == 0) seeds.push_back(seed.seed);
    }
  }
  std::sort(seeds.begin(), seeds.end());
  return seeds;
}

}  // namespace

Study make_study(const Outcomes& outcomes, const std::string& base) {
  if (outcomes.runs.empty()) {
    fail<DataError>(
        "{}: no run has finished yet ({} begun), so there is nothing to compare. Let one come to its end; --resume "
        "goes on with one that was stopped.",
        fmt::join(outcomes.unfinished, ", "), outcomes.unfinished.size());
  }
  Study study{.unfinished = outcomes.unfinished, .expected = outcomes.expected};
  for (auto& entry : study.expected) {
    if (entry.kind == "train") entry.kind = "base";
  }
  set_tasks(outcomes.runs, study);
  study.dataset = common(outcomes.runs, &Outcome::dataset);
  study.network = common(outcomes.runs, &Outcome::network);
  average_at_most(outcomes.runs, study);
  study.contenders = make_contenders(outcomes.runs, study);
  study.base = choose_base(study, base);
  return study;
}

Study study_of(const Pipeline& pipeline) {
  const Outcomes outcomes{.runs = outcomes_of(pipeline), .expected = pipeline.expected};
  return outcomes.runs.empty() ? Study{.tasks = pipeline.tasks, .kinds = pipeline.kinds} : make_study(outcomes);
}

Pipeline as_pipeline(const Study& study) {
  Pipeline pipeline{.dataset = study.dataset,
                    .model = study.network,
                    .protocol = protocol_title(Protocol::kLast, study),
                    .tasks = study.tasks,
                    .kinds = study.kinds,
                    .seeds = all_seeds(study),
                    .expected = study.expected};
  for (const auto& contender : study.contenders) pipeline.rows.push_back(row_of(contender));
  return pipeline;
}

bool is_single(const Contender& contender) { return contender.kind == "single"; }

std::string protocol_title(Protocol protocol, const Study& study) {
  switch (protocol) {
    case Protocol::kLast:
      return "test, last epoch";
    case Protocol::kBest:
      return "test, epoch that is best on validation";
    case Protocol::kValidationLast:
      return "validation, last epoch";
    case Protocol::kValidationMean:
      return fmt::format("validation, mean of the last {} epochs", study.averaged_epochs);
  }
  return "";
}

}  // namespace reconcile::report
