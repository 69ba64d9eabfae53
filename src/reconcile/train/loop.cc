#include "reconcile/train/loop.h"

#include <numeric>
#include <optional>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/folder_lock.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/conflict/summary.h"
#include "reconcile/train/best_epoch.h"
#include "reconcile/train/checkpoint.h"
#include "reconcile/train/device.h"
#include "reconcile/train/epoch_batches.h"
#include "reconcile/train/epoch_sums.h"
#include "reconcile/train/evaluate.h"
#include "reconcile/train/finite_guard.h"
#include "reconcile/train/job_check.h"
#include "reconcile/train/run_clock.h"
#include "reconcile/train/run_record.h"
#include "reconcile/train/tuning.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr const char* kBfloat16Conflicts =
    "conflicts are counted on bfloat16 gradients: signs of small cosines may differ from float32's "
    "(docs/results/performance.md)";

/// The state of one run. Everything that must survive a stop is in `state()`.
class Run {
 public:
  explicit Run(const TrainJob& job)
      : job_(job),
        device_(parse_device(job.options.device, [](const std::string& key) { return "train." + key; })),
        method_rng_(job.rng.fork("method")),
        sums_(job.model.tasks()),
        best_(job.directory),
        guard_(job.options, job.model, job.directory) {
    check_job(job);
    steps_per_epoch_ = EpochBatches::steps(job);
    job.model.move_to(device_);
    if (job.conflict.record && job.model.num_tasks() > 1) {
      recorder_.emplace(job.model.shared_layout(), job.model.task_names(), job.conflict.thresholds);
    }
    step_.emplace(job.model, job.method, job.step, job.optimizer, recorder_ ? &*recorder_ : nullptr);
  }

  Json operator()() {
    make_folder(job_.directory);
    const FolderLock lock(job_.directory);
    if (Json finished = read_result(); !finished.is_null()) {
      fs::remove_all(checkpoints());  // it may have been killed in the middle of that
      return finished;
    }
    restore();
    if (guard_.rolls_back() && total_steps_ == 0) save(true);
    while (epoch_ <= job_.options.epochs) {
      if (!run_epoch()) return nullptr;
    }
    return finish();
  }

 private:
  [[nodiscard]] fs::path checkpoints() const { return job_.directory / "checkpoints"; }
  [[nodiscard]] Json profile() { return step_->profile().to_json(job_.model.tasks()); }

  Json read_result() {
    const fs::path path = job_.directory / "result.json";
    if (!fs::exists(path)) return nullptr;
    Json result = read_json(path);
    const fs::path weights = job_.directory / "model.safetensors";
    job_.model.load_state(decode_safetensors(read_file(weights), weights), weights.string());
    return result;
  }

  void restore(bool only_planned = false) {
    const auto checkpoint = load_checkpoint(
        checkpoints(), [&](const std::string& text) { job_.observer.on_message(text); }, only_planned);
    choose_arithmetic(checkpoint ? checkpoint->state.value("map_layout", "nchw") : job_.options.layout);
    const Json run = run_record(job_, layout_, steps_per_epoch_);
    if (!checkpoint) {
      log_.emplace(job_.directory / "run.jsonl", 0);
      log_->append(seal(run));
      return job_.observer.on_start(run, 0);
    }
    const Json& state = checkpoint->state;
    check_resumed(job_, state);
    job_.model.load_state(checkpoint->model, checkpoints().string());
    step_->optimizer().load_state(checkpoint->optimizer);
    step_->load_method_state(checkpoint->method);
    method_rng_.set_counter(state.at("method_rng").get<uint64_t>());
    epoch_ = state.at("epoch").get<int64_t>();
    position_ = state.at("position").get<int64_t>();
    total_steps_ = checkpoint->step;
    sums_.load_state(state.at("sums"));
    clock_.load_state(state.at("clock"));
    if (state.contains("profile")) step_->profile().load(state.at("profile"), job_.model.tasks());
    best_.load_state(state.at("best"));
    guard_.load_state(state.at("guard"));
    if (recorder_) recorder_->load_state(state.at("recorder"));
    log_.emplace(job_.directory / "run.jsonl", state.at("log_bytes").get<size_t>());
    job_.observer.on_start(run, total_steps_);
    job_.observer.on_message(fmt::format("resuming at epoch {}, step {} of {}", epoch_, position_, steps_per_epoch_));
  }

  /// Measures with the first samples, as many as go through the network at once. A continued run keeps what was chosen.
  void choose_arithmetic(const std::string& layout) {
    std::vector<int64_t> samples(static_cast<size_t>(job_.options.batch_size / job_.step.accumulate));
    std::iota(samples.begin(), samples.end(), 0);
    const Batch batch = to_device(job_.data.train->batch(samples, Rng(0)), device_, Layout::kPosition);
    const Tuning tuning = tune(job_.model, batch, layout, parse_precision(job_.options.precision));
    layout_ = tuning.arithmetic.layout;
    job_.observer.on_message(to_text(tuning));
    if (recorder_ && tuning.arithmetic.precision == Precision::kBfloat16) job_.observer.on_message(kBfloat16Conflicts);
  }

  /// Runs the rest of the current epoch; false if it was stopped.
  bool run_epoch() {
    const EpochBatches epoch(job_, epoch_);
    DeviceBatches loader = epoch.read_from(position_, device_, layout_);
    const double rate = job_.optimizer.lr * schedule_factor(job_.schedule, epoch_, job_.options.epochs);
    while (position_ < steps_per_epoch_) {
      if (!take_step(epoch, loader, rate * guard_.rate_factor())) return true;  // rolled back
      report_step();
      if (job_.stop) {
        save(false);
        return false;
      }
      const double minutes = RunClock::since(last_save_) / 60;
      if (job_.options.checkpoint_minutes > 0 && minutes >= job_.options.checkpoint_minutes) save(false);
    }
    end_epoch(rate * guard_.rate_factor());
    return true;
  }

  /// One step of the current epoch; false if the run went back to an earlier one instead.
  bool take_step(const EpochBatches& epoch, DeviceBatches& loader, double rate) {
    const auto begin = RunClock::Clock::now();
    const Moment moment{total_steps_, steps_per_epoch_, job_.options.epochs};
    const std::vector<Batch> batches = next_batches(loader);
    step_->profile().data += RunClock::since(begin);
    try {
      if (guard_.leaves_out(total_steps_)) {
        sums_.skip();
      } else {
        guard_.before_step();
        sums_.add((*step_)(batches, moment, rate, method_rng_));
        guard_.after_step();
      }
    } catch (const NotFinite& error) {
      recover({error, epoch_, moment, batches, epoch.samples(position_), Step::noise(method_rng_, moment)});
      if (guard_.rolls_back()) return false;
      sums_.skip();
    }
    ++position_;
    ++total_steps_;
    clock_.add_step(RunClock::since(begin));
    return true;
  }

  /// Leaves the step out, or goes back to the last planned checkpoint with what the guard has learnt since.
  void recover(const FailedStep& failed) {
    const Json record = guard_.after_failure(failed);
    if (guard_.rolls_back()) {
      const Json learnt = guard_.state();
      restore(/*only_planned=*/true);
      guard_.load_state(learnt);
    }
    write(record);
    job_.observer.on_message(fmt::format("step {} {}: {}", failed.moment.step,
                                         guard_.rolls_back() ? "sent the run back" : "left out", failed.error.what()));
  }

  /// The independent batches of the next step. What has been done is saved if the data cannot be read any more.
  [[nodiscard]] std::vector<Batch> next_batches(DeviceBatches& loader) {
    std::vector<Batch> result;
    try {
      for (int64_t b = 0; b < job_.method.batches_per_step(); ++b) result.push_back(loader.next());
    } catch (const DataError& error) {
      save(false);
      fail<DataError>("{} A checkpoint of step {} was written: put the data in order, and go on with --resume.",
                      error.what(), total_steps_);
    }
    return result;
  }

  void report_step() {
    const auto means = sums_.mean_losses();
    job_.observer.on_step({epoch_, job_.options.epochs, position_, steps_per_epoch_, clock_.step(total_steps_),
                           recorder_ ? recorder_->conflict_share() : -1.0, means});
  }

  void write(const Json& record) {
    log_->append(seal(record));
    job_.observer.on_record(record);
  }

  void end_epoch(double learning_rate) {
    Json record{{"type", "epoch"}, {"epoch", epoch_}, {"step", total_steps_}};
    record["seconds"] = clock_.epoch();
    record["seconds_per_step"] = clock_.step(total_steps_);
    record["learning_rate"] = learning_rate;
    sums_.append_to(record);
    if (epoch_ % job_.options.evaluate_every == 0 || epoch_ == job_.options.epochs) validate(record);
    if (recorder_) {
      record["conflict_share"] = recorder_->conflict_share();
      Json conflict{{"type", "conflict"}, {"epoch", epoch_}};
      conflict.update(recorder_->record());
      write(conflict);
      recorder_->clear();
    }
    write(record);
    job_.observer.on_epoch(record, job_.options.epochs);
    ++epoch_;
    position_ = 0;
    clock_.start_epoch();
    sums_.clear();
    if (epoch_ <= job_.options.epochs && (epoch_ - 1) % job_.options.checkpoint_every == 0) save(true);
  }

  void validate(Json& record) {
    if (job_.data.validation->size() == 0) return;
    const TaskMetrics metrics = evaluate(job_.model, *job_.data.validation, job_.options);
    record["validation"] = to_json(job_.model.tasks(), metrics);
    job_.method.scalarizer.after_validation(achievements(job_.model.tasks(), metrics));
    best_.consider(epoch_, validation_score(job_.model.tasks(), metrics), record["validation"], job_.model);
  }

  /// `planned` where a run that nobody stops does it as well.
  void save(bool planned) {
    if (planned) guard_.before_checkpoint();
    log_->sync();
    save_checkpoint(checkpoints(), {total_steps_,
                                    {{"layout", job_.model.shared_layout().to_json()},
                                     {"method_rng", method_rng_.counter()},
                                     {"map_layout", layout_name(layout_)},
                                     {"epoch", epoch_},
                                     {"position", position_},
                                     {"sums", sums_.state()},
                                     {"clock", clock_.state()},
                                     {"profile", profile()},
                                     {"best", best_.state()},
                                     {"guard", guard_.state()},
                                     {"data", job_.data.fingerprint},
                                     {"recorder", recorder_ ? recorder_->state() : Json(nullptr)},
                                     {"log_bytes", log_->size()}},
                                    job_.model.state(),
                                    step_->optimizer().state(),
                                    step_->method_state(),
                                    planned});
    last_save_ = RunClock::Clock::now();
  }

  /// Test metrics of the last and of the best epoch; the one time that the test split is looked at.
  Json finish() {
    const auto sums = measure(job_.model, *job_.data.test, job_.options);
    const TaskMetrics test = results(job_.model.tasks(), sums);
    const Json confusion = confusion_json(job_.model.tasks(), sums);
    write_atomically(job_.directory / "model.safetensors", encode_safetensors(job_.model.state()));
    const Json best = best_.is(job_.options.epochs) ? best_.record(job_.model.tasks(), test)
                                                    : best_.measure(job_.model, *job_.data.test, job_.options);
    write(Json{{"type", "end"},
               {"test", to_json(job_.model.tasks(), test)},
               {"best", best},
               {"confusion", confusion},
               {"seconds", clock_.run()},
               {"profile", profile()}});
    Json result{{"parameters", job_.model.num_parameters()},
                {"epochs", job_.options.epochs},
                {"seconds_per_step", clock_.step(total_steps_)},
                {"seconds", clock_.run()},
                {"profile", profile()},
                {"last", to_json(job_.model.tasks(), test)},
                {"best", best},
                {"confusion", confusion}};
    result["conflict"] = recorder_
                             ? summarise_conflicts(read_json_lines(job_.directory / "run.jsonl"), job_.conflict.severe)
                             : Json(nullptr);
    write_json(job_.directory / "result.json", result);
    fs::remove_all(checkpoints());
    return result;
  }

  const TrainJob& job_;
  at::Device device_;
  Rng method_rng_;
  int64_t steps_per_epoch_ = 0;
  Layout layout_ = Layout::kNchw;
  std::optional<ConflictRecorder> recorder_;
  std::optional<Step> step_;
  std::optional<LineLog> log_;
  int64_t epoch_ = 1;     ///< the running epoch
  int64_t position_ = 0;  ///< steps done in it
  int64_t total_steps_ = 0;
  EpochSums sums_;
  BestEpoch best_;
  FiniteGuard guard_;
  RunClock clock_;
  RunClock::Clock::time_point last_save_ = RunClock::Clock::now();
};

}  // namespace

Json train(const TrainJob& job) { return Run(job)(); }

}  // namespace reconcile
