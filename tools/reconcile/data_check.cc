#include <cmath>

#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/data/statistics.h"
#include "reconcile/data_verbs.h"
#include "reconcile/report/table.h"

namespace reconcile::tool {
namespace {

constexpr int kBarLength = 30;  // characters
constexpr int64_t kMaxClassesShown = 50;
constexpr double kRareShare = 0.01;  // of the most frequent class

struct DataCheckArguments {
  ExperimentArguments experiment;
  int64_t samples = 0;
};

/// What was found, with what to call classes.
struct Findings {
  std::vector<std::pair<std::string, PartStatistics>> parts;
  TaskSet tasks;
  Json classes;  ///< task -> names
  std::vector<std::string> warnings;
};

std::string class_name(const Findings& findings, const Task& task, size_t index) {
  if (task.kind == TaskKind::kSaliency || task.kind == TaskKind::kEdges) return index == 0 ? "no" : "yes";
  const auto names = findings.classes.value(task.name, Json::array());
  return index < names.size() ? names[index].get<std::string>() : fmt::format("{}", index);
}

std::string bar(double share) {
  std::string text;
  for (int i = 0; i < std::lround(share * kBarLength); ++i) text += "█";
  return text;
}

const char* unit_of(TaskKind kind) {
  return is_dense(kind)                  ? "pixels"
         : kind == TaskKind::kMultiLabel ? "labels"
         : kind == TaskKind::kRegression ? "numbers"
                                         : "samples";
}

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The classes of the first part, with their shares.
void print_histogram(const Findings& findings, const Task& task, const TaskStatistics& statistics) {
  const auto& counts = statistics.counts;
  const bool labels = task.kind == TaskKind::kMultiLabel;
  const int64_t whole = labels ? statistics.samples : statistics.known.count;
  for (size_t k = 0; k < counts.size(); ++k) {
    if (static_cast<int64_t>(k) == kMaxClassesShown) {
      fmt::print("  ... and {} more\n", counts.size() - k);
      break;
    }
    const double part = share(counts[k], whole);
    fmt::print("  {:<14} {:5.1f} % {}\n", class_name(findings, task, k), 100 * part, bar(part));
  }
}

void print_task(const Findings& findings, size_t t) {
  const Task& task = findings.tasks[t];
  const PartStatistics& train = findings.parts.front().second;
  const TaskStatistics& statistics = train.tasks[t];
  const auto& known = statistics.known;
  fmt::print("\n{}: {}", task.name, kind_name(task.kind));
  if (fixed_outputs(task.kind) == 0) fmt::print("({})", task.num_outputs);
  fmt::print("; known in {} of {} samples; {:.1f} % of the {} unknown\n", statistics.samples, train.samples,
             100 * share(statistics.unknown, statistics.unknown + known.count), unit_of(task.kind));
  print_histogram(findings, task, statistics);
  if (!statistics.counts.empty() || known.count == 0) return;
  fmt::print("  {}{:.4g} ... {:.4g}, mean {:.4g}, deviation {:.4g}\n", task.kind == TaskKind::kNormals ? "length " : "",
             known.low, known.high, known.mean(), known.deviation());
}

void print_counts(const Findings& findings) {
  report::Table table{.columns = {""}, .rows = {}};
  std::vector<std::string> samples{"samples"};
  for (const auto& [name, part] : findings.parts) {
    table.columns.push_back(name);
    samples.push_back(fmt::format("{}", part.samples));
  }
  table.rows.push_back(samples);
  for (size_t t = 0; t < findings.tasks.size(); ++t) {
    std::vector<std::string> row{fmt::format("with {}", findings.tasks[t].name)};
    for (const auto& [name, part] : findings.parts) row.push_back(fmt::format("{}", part.tasks[t].samples));
    table.rows.push_back(row);
  }
  fmt::print("{}", report::to_text(table));
}

/// What will hurt training or evaluation.
void warn_of_task(Findings& findings, size_t t) {
  const Task& task = findings.tasks[t];
  const auto warn = [&](const std::string& text) {
    findings.warnings.push_back(fmt::format("{}: {}", task.name, text));
  };
  const TaskStatistics& train = findings.parts.front().second.tasks[t];
  for (const auto& [name, part] : findings.parts) {
    if (part.tasks[t].samples == 0) warn(fmt::format("nothing is known in the {} part", name));
  }
  if (train.known.count == 0) return;
  if (task.kind == TaskKind::kNormals && (train.known.low < 0.9 || train.known.high > 1.1)) {
    warn("its vectors are not of length 1. Is the file another one, or the channels' order?");
  }
  if (train.counts.empty() && task.kind != TaskKind::kNormals && train.known.low == train.known.high) {
    warn("all known numbers are the same");
  }
  if (train.counts.empty() || task.kind == TaskKind::kMultiLabel) return;
  const int64_t most = *std::max_element(train.counts.begin(), train.counts.end());
  for (size_t k = 0; k < train.counts.size(); ++k) {
    if (train.counts[k] == 0) {
      warn(fmt::format("class {} does not occur in training", class_name(findings, task, k)));
    } else if (share(train.counts[k], most) < kRareShare) {
      warn(fmt::format("class {} is {:.0f} times rarer than the most frequent one", class_name(findings, task, k),
                       1 / share(train.counts[k], most)));
    }
  }
}

/// All that could not be read. True if there is something.
bool print_problems(const Findings& findings) {
  int64_t count = 0;
  for (const auto& [name, part] : findings.parts) {
    for (const auto& problem : part.problems) fmt::print("problem ({}): {}\n", name, problem);
    count += part.num_problems;
    const auto hidden = part.num_problems - std::ssize(part.problems);
    if (hidden > 0) fmt::print("problem ({}): ... and {} more samples\n", name, hidden);
  }
  return count > 0;
}

/// What to add to a command where a batch would hold more than there are training samples: some four steps an epoch.
std::string smaller_batches(const Experiment& experiment, int64_t train_samples) {
  if (experiment.train.batch_size <= train_samples) return "";
  return fmt::format(" --set train.batch_size={}", std::max<int64_t>(2, train_samples / 4));
}

void check_data(const DataCheckArguments& arguments) {
  const Experiment experiment = arguments.experiment.read();
  const DataSplits data = load_data(experiment, "");
  Findings findings{.tasks = data.train->tasks(), .classes = data.fingerprint.value("classes", Json::object())};
  for (const auto& [name, part] :
       {std::pair("train", data.train), {"validation", data.validation}, {"test", data.test}}) {
    findings.parts.emplace_back(name, measure(*part, arguments.samples));
  }
  const NumberSummary& inputs = findings.parts.front().second.inputs;
  fmt::print("{}: {} tasks, inputs [{}] from {:.3g} to {:.3g}, mean {:.3g}, deviation {:.3g}\n\n", experiment.data.name,
             findings.tasks.size(), fmt::join(data.train->input_shape(), ", "), inputs.low, inputs.high, inputs.mean(),
             inputs.deviation());
  print_counts(findings);
  for (size_t t = 0; t < findings.tasks.size(); ++t) {
    print_task(findings, t);
    warn_of_task(findings, t);
  }
  fmt::print("\n");
  for (const auto& warning : findings.warnings) fmt::print("warning: {}\n", warning);
  if (print_problems(findings)) fail<DataError>("the data have problems, see above.");
  fmt::print("No problem. Train on it: reconcile train {}{} --out runs/first\n", arguments.experiment.text(),
             smaller_batches(experiment, data.train->size()));
}

}  // namespace

void add_data_check(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("check", "read every sample of a data set; count, measure and warn");
  auto arguments = std::make_shared<DataCheckArguments>();
  arguments->experiment.add_to(*verb);
  verb->add_option("--samples", arguments->samples, "only the first of each part; 0 = all")
      ->check(CLI::NonNegativeNumber);
  verb->callback([arguments] { check_data(*arguments); });
}

}  // namespace reconcile::tool
