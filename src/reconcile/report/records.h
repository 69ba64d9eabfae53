#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The records of docs/formats/records.md as plain structs. A number that a record lacks is NaN.
namespace reconcile::report {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline constexpr size_t kNumBins = 40;  ///< of a cosine histogram over [-1, 1]

/// Mean and standard deviation over n seeds; n = 0 where nothing was measured, sd is NaN for one seed.
struct Statistic {
  double mean = kMissing;
  double sd = kMissing;
  int64_t n = 0;
};

/// Values with their names, in file order.
template <class V>
using Named = std::vector<std::pair<std::string, V>>;
/// task -> metric -> value.
template <class V>
using PerTask = Named<Named<V>>;

/// The value called `name`, or null.
template <class V>
const V* find(const Named<V>& values, const std::string& name) {
  for (const auto& [key, value] : values) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// Cosines of task pairs: [rows][kNumBins], and counts strictly below each threshold: [rows][S]. The whole vector has a
/// row for each pair; so have layers of older records, newer ones have one row for all pairs together.
struct ConflictBlock {
  std::string name;
  std::vector<double> cosine = {};  ///< mean of each pair; empty in records before 0.2
  std::vector<std::vector<double>> histogram;
  std::vector<std::vector<double>> below;
};

struct ConflictRecord {
  int64_t epoch = 0;
  double iterations = 0;  ///< of this epoch
  ConflictBlock whole;
  std::vector<ConflictBlock> layers;  ///< definition order
};

/// The raw task gradients of the shared parameters, over the steps of an epoch.
struct GradientRecord {
  PerTask<double> norms;               ///< task -> mean, min, max
  PerTask<double> progress = {};       ///< task -> mean cosine with the applied direction, share of steps "up"
  double condition_median = kMissing;  ///< of the Gramian of the unit task gradients; infinite where singular
  double condition_max = kMissing;
};

struct EpochRecord {
  int64_t epoch = 0;
  double seconds = kMissing;
  double seconds_per_step = kMissing;
  double learning_rate = kMissing;
  PerTask<double> train;
  PerTask<double> validation = {};
  double conflict_share = kMissing;
  double skipped = 0;            ///< steps that moved nothing
  Named<double> fallbacks = {};  ///< steps, by what the aggregator had to do instead of its rule
  std::optional<GradientRecord> gradients = {};
};

/// A step that gave numbers that are not finite.
struct FailureRecord {
  int64_t epoch = 0, step = 0;
  std::string action;              ///< what was done: skip | rollback
  std::vector<std::string> tasks;  ///< that it came from
  std::string dump;                ///< file beside the record, or ""
};

struct LayerRecord {
  std::string name;
  double size = kMissing;
};

/// What a paper prints in one row of a table.
struct Expected {
  std::string source, method, kind;
  Named<double> values;  ///< by name: "depth.abs_err", "mean.error", "delta_m"
};

/// Where the time of a run's steps went.
struct StepTimes {
  double steps = 0;
  Named<double> seconds;         ///< of each phase, in the order of a step
  Named<double> backward_tasks;  ///< of the passes for one task alone
  /// Seconds of all phases.
  [[nodiscard]] double total() const;
};

/// What was taken for what on the test split.
struct ConfusionRecord {
  std::string task;
  std::vector<std::vector<double>> counts;  ///< [truth][prediction]
};

/// How one task of a sample looks. Paths are relative to the run's directory.
struct TaskPictures {
  std::string task, truth, prediction;
  std::string input;        ///< "" unless each task has its own
  std::string error;        ///< "" for kinds that have none
  double score = kMissing;  ///< the task's first criterion on this sample
};
/// One test sample.
struct SamplePictures {
  int64_t sample = 0;
  std::string input;
  std::vector<TaskPictures> tasks;
};

/// One `run.jsonl`, and the pictures beside it.
struct RunLog {
  std::string version, dataset, model, method, kind;
  int64_t seed = 0;
  std::vector<std::string> tasks;
  std::vector<std::string> kinds = {};  ///< of each task
  std::vector<LayerRecord> layers;
  std::vector<double> thresholds;
  double parameters = kMissing, megabytes = kMissing, batch_size = kMissing, steps_per_epoch = kMissing;
  Named<std::string> machine = {};  ///< what the first record says of threads, processor, libraries
  int64_t num_epochs = 0;           ///< planned
  std::vector<EpochRecord> epochs;
  std::vector<ConflictRecord> conflicts;
  std::vector<FailureRecord> failures = {};
  std::vector<std::pair<std::string, std::string>> pairs;  ///< of the conflict records
  bool finished = false;                                   ///< has an `end` record
  PerTask<double> test;
  PerTask<double> best;                   ///< test metrics of the epoch that is best on the validation split
  std::optional<StepTimes> profile = {};  ///< of the `end` record; nothing in older records
  std::vector<Expected> expected;
  std::vector<ConfusionRecord> confusion = {};  ///< of the `end` record
  std::filesystem::path directory = {};
  std::vector<SamplePictures> pictures = {};  ///< of pictures.json
};

/// Cosines of the whole shared gradients of one run.
struct RunConflict {
  double share = kMissing;
  double severe_share = kMissing;
  std::vector<std::vector<double>> histogram;  ///< [pairs][kNumBins]
  std::vector<std::pair<std::string, std::string>> pairs;
};

/// One training run of a pipeline.
struct Run {
  std::string path, kind, method;
  int64_t seed = 0;
  PerTask<double> last = {}, best = {};  ///< test metrics of the last epoch, and of the best on the validation split
  double parameters = kMissing, megabytes = kMissing, macs = kMissing, seconds_per_step = kMissing;
  std::optional<RunConflict> conflict = {};
  std::optional<RunLog> log = {};  ///< nothing if its run.jsonl is not there
};

/// One line of the comparison table.
struct Row {
  std::string label, kind;
  std::string method;  ///< "" for single-task networks
  double parameters = kMissing, megabytes = kMissing, macs = kMissing, seconds_per_step = kMissing;
  PerTask<Statistic> metrics, best_metrics;
  Statistic delta_m, delta_m_flat, severe_share, conflict_share;
};

struct RankedLayer {
  std::string layer;
  double score = kMissing;
  double parameters = kMissing;
};

/// Cost of splitting the first k layers of the ranking.
struct Cost {
  int64_t k = 0;
  double parameters = kMissing, megabytes = kMissing, macs = kMissing;
};

struct Plan {
  std::string rule;
  std::vector<std::string> layers;
  std::vector<int64_t> copies;  ///< of each layer
  std::string fork;             ///< first layer that runs more than once; "" if none
};

struct Search {
  std::string method;
  int64_t epochs = 0;
  double threshold = kMissing;
};

/// A run that is planned, going on, was stopped, or failed.
struct Pending {
  std::string path;
  std::string failure;  ///< what went wrong; "" if nothing did
};

/// One `summary.json` or `sweep.json` with the logs of its runs. What a run that has not finished wrote so far is there
/// as well.
struct Pipeline {
  std::string version, name, command, dataset, model, protocol;
  std::string config;       ///< TOML
  std::string fingerprint;  ///< JSON
  double severe_threshold = kMissing;
  std::vector<std::string> tasks, kinds;
  std::vector<int64_t> seeds;
  std::optional<Search> search = {};
  std::optional<Plan> plan = {};
  std::vector<RankedLayer> ranking;  ///< best first
  std::vector<Cost> costs;           ///< k = 0 ... L
  std::vector<Run> runs;
  std::vector<Row> rows;
  std::vector<Expected> expected;
  std::vector<Pending> pending = {};
  std::filesystem::path directory = {};  ///< where it was read
};

/// `directory`/sweep.json if it is there, else `directory`/summary.json.
std::filesystem::path summary_path(const std::filesystem::path& directory);

/// Reads `directory`/summary.json (or sweep.json) and the run.jsonl of every run that is there. DataError names path,
/// line and what is wrong: missing, damaged, another schema version.
Pipeline read_pipeline(const std::filesystem::path& directory);

/// Reads `directory`/run.jsonl, and pictures.json if it is there. A last line that is cut short (the run was killed) is
/// left out; DataError otherwise.
RunLog read_run_log(const std::filesystem::path& directory);

}  // namespace reconcile::report
