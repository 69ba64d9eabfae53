#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/folder_lock.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/text.h"
#include "reconcile/commands.h"
#include "reconcile/report/report.h"
#include "reconcile/sweep_child.h"
#include "reconcile/sweep_display.h"

namespace reconcile::tool {
namespace fs = std::filesystem;
namespace {

struct SweepArguments {
  ExperimentArguments experiment;
  OutputArguments output;
  std::vector<std::string> vary;
  std::string seeds;
  int64_t jobs = 1;
  std::string command;
};

/// The last line of a log that says something, or "".
std::string last_words(const fs::path& log) {
  std::string words;
  for (const auto& line : split(fs::exists(log) ? read_file(log) : "", '\n')) {
    if (!line.empty()) words = line;
  }
  return words;
}

/// Trains what has not finished, some runs at a time, each as a child of its own.
class Sweep {
 public:
  Sweep(const SweepPlan& plan, const SweepArguments& arguments)
      : plan_(plan),
        folder_(arguments.output.directory),
        command_(arguments.command),
        jobs_(static_cast<size_t>(arguments.jobs)),
        runs_(runs_of(plan, folder_)),
        display_(folder_, std::ssize(runs_), finished()) {}

  /// Writes sweep.json as things stand.
  void write_record() const { write_json(folder_ / "sweep.json", summarise_sweep(plan_, command_, runs_)); }

  /// Interrupted if a stop was requested; StateError names the runs that failed, after all others are done.
  void operator()() {
    for (auto& run : runs_) {
      if (run.record.is_null()) waiting_.push_back(&run);
    }
    write_record();
    display_.on_message(fmt::format("{}: {} runs, {} finished before; {} at a time, {} threads each", folder_.string(),
                                    runs_.size(), finished(), jobs_, plan_.base.threads));
    while (!waiting_.empty() || !running_.empty()) {
      if (stop_requested) stop();
      while (running_.size() < jobs_ && !waiting_.empty()) start_next();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      collect();
      draw();
    }
    write_record();
    if (stop_requested) throw Interrupted{};
  }

  void require_success() const {
    std::string text;
    for (const auto& run : runs_) {
      if (run.failure.empty()) continue;
      text += fmt::format("\n  {}: {}\n    {}", run.path, run.failure, log_of(run).string());
    }
    if (text.empty()) return;
    fail<StateError>("these runs failed (the same command with --resume tries them again):{}", text);
  }

 private:
  struct Job {
    SweepRun* run;
    Child child;
  };

  [[nodiscard]] fs::path log_of(const SweepRun& run) const { return folder_ / (run.path + ".log"); }
  [[nodiscard]] int64_t finished() const {
    return std::count_if(runs_.begin(), runs_.end(), [](const SweepRun& run) { return !run.record.is_null(); });
  }
  void start_next() {
    SweepRun& run = *waiting_.front();
    waiting_.pop_front();
    const fs::path folder = folder_ / run.combination->folder;
    running_.push_back({&run, Child({"train", (folder / "config.toml").string(), "--out", folder.string(), "--resume",
                                     "--seed", std::to_string(run.seed)},
                                    log_of(run))});
  }

  /// Takes leave of the children that have ended.
  void collect() {
    for (size_t i = 0; i < running_.size();) {
      const auto end = running_[i].child.poll();
      if (!end) {
        ++i;
        continue;
      }
      SweepRun& run = *running_[i].run;
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      if (end->empty() && read_result(run, folder_)) {
        display_.on_end(run);
      } else if (!stop_requested) {
        run.failure = fmt::format("{}: {}", end->empty() ? "no result.json" : *end, last_words(log_of(run)));
        display_.on_end(run);
      }
      write_record();
    }
  }

  void draw() {
    std::vector<const SweepRun*> runs;
    for (const auto& job : running_) runs.push_back(job.run);
    display_.draw(runs);
  }

  /// Starts no more and asks those that run to write their checkpoints, once.
  void stop() {
    waiting_.clear();
    if (is_stopping_) return;
    is_stopping_ = true;
    display_.on_message("stopping: the runs finish their step and write a checkpoint");
    for (const auto& job : running_) job.child.interrupt();
  }

  const SweepPlan& plan_;
  fs::path folder_;
  std::string command_;
  size_t jobs_;
  std::vector<SweepRun> runs_;
  SweepDisplay display_;
  std::deque<SweepRun*> waiting_;
  std::vector<Job> running_;
  bool is_stopping_ = false;
};

/// The sweep.json of the folder, or null where there is none. StateError if the folder holds something else, or a sweep
/// that was not to be continued.
Json stored_sweep(const OutputArguments& output) {
  const fs::path folder = output.directory, file = folder / "sweep.json";
  if (!fs::exists(file)) {
    if (fs::exists(folder) && !fs::is_empty(folder)) {
      fail<StateError>("{}: holds files, but no sweep. Choose an empty or new folder with --out.", folder.string());
    }
    return nullptr;
  }
  if (!output.resume) {
    fail<StateError>("{}: holds a sweep already. Go on with --resume, or choose another folder with --out.",
                     folder.string());
  }
  return read_json(file);
}

/// A sweep that is continued keeps its threads, as its numbers depend on them.
int64_t threads_of_a_run(const Json& stored, int64_t jobs) {
  if (!stored.is_null()) return stored.at("config").at("threads").get<int64_t>();
  return std::max<int64_t>(static_cast<int64_t>(std::thread::hardware_concurrency()) / jobs, 1);
}

void sweep(const SweepArguments& arguments) {
  if (arguments.jobs < 1) fail<InvalidArgument>("--jobs {}: must be at least 1 run at a time.", arguments.jobs);
  std::vector<Axis> axes;
  for (const auto& text : arguments.vary) axes.push_back(parse_axis(text));
  const auto seeds = arguments.seeds.empty() ? std::vector<int64_t>{} : parse_seeds(arguments.seeds);
  const Json stored = stored_sweep(arguments.output);
  const SweepPlan plan = plan_sweep(arguments.experiment, axes, seeds, threads_of_a_run(stored, arguments.jobs));
  const fs::path folder = arguments.output.directory;
  if (!stored.is_null()) require_same_sweep(stored, plan, folder);
  make_folder(folder);
  const FolderLock lock(folder);
  Sweep runs(plan, arguments);
  if (stored.is_null()) runs.write_record();
  for (const auto& combination : plan.combinations) {
    OutputArguments{(folder / combination.folder).string(), true}.prepare(combination.experiment);
  }
  runs();
  write_atomically(folder / "report.html", html_report(folder));
  fmt::print("{}\n{}\n", console_report(folder), (folder / "report.html").string());
  runs.require_success();
}

}  // namespace

void add_sweep(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("sweep", "train every combination of settings with every seed, and compare them");
  auto arguments = std::make_shared<SweepArguments>();
  arguments->experiment.add_to(*verb);
  arguments->output.add_to(*verb);
  verb->add_option("--vary", arguments->vary, "values of one key: --vary method=sum,pcgrad (may be repeated)")
      ->allow_extra_args(false);
  verb->add_option("--seeds", arguments->seeds, "0..2 or 0,1,5; without it, those of the experiment");
  verb->add_option("--jobs", arguments->jobs, "runs at a time; they share the cores")->capture_default_str();
  verb->callback([arguments] {
    arguments->command = fmt::format("reconcile sweep {} --out {} --jobs {}", arguments->experiment.text(),
                                     arguments->output.directory, arguments->jobs);
    for (const auto& axis : arguments->vary) arguments->command += fmt::format(" --vary '{}'", axis);
    if (!arguments->seeds.empty()) arguments->command += fmt::format(" --seeds {}", arguments->seeds);
    sweep(*arguments);
  });
}

}  // namespace reconcile::tool
