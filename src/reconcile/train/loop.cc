#include "reconcile/train/loop.h"

#include <chrono>
#include <numeric>
#include <optional>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/conflict/summary.h"
#include "reconcile/train/checkpoint.h"
#include "reconcile/train/device.h"
#include "reconcile/train/epoch_sums.h"
#include "reconcile/train/evaluate.h"
#include "reconcile/train/job_check.h"
#include "reconcile/train/run_record.h"
#include "reconcile/train/tuning.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The state of one run. Everything that must survive a stop is in `state()`.
class Run {
 public:
  explicit Run(const TrainJob& job)
      : job_(job),
        device_(parse_device(job.options.device, [](const std::string& key) { return "train." + key; })),
        method_rng_(job.rng.fork("method")),
        sums_(job.model.tasks()) {
    check_job(job);
    steps_per_epoch_ = job.data.train->size() / (job.options.batch_size * job.method.batches_per_step());
    job.model.move_to(device_);
    if (job.conflict.record && job.model.num_tasks() > 1) {
      recorder_.emplace(job.model.shared_layout(), job.model.task_names(), job.conflict.thresholds);
    }
    step_.emplace(job.model, job.method, job.step, job.optimizer, recorder_ ? &*recorder_ : nullptr);
  }

  Json operator()() {
    fs::create_directories(job_.directory);
    if (const Json finished = read_result(); !finished.is_null()) return finished;
    restore();
    while (epoch_ <= job_.options.epochs) {
      if (!run_epoch()) return nullptr;
    }
    return finish();
  }

 private:
  [[nodiscard]] fs::path checkpoints() const { return job_.directory / "checkpoints"; }
  [[nodiscard]] double epoch_seconds() const { return epoch_seconds_before_ + seconds_since(epoch_start_); }
  [[nodiscard]] Json profile() { return step_->profile().to_json(job_.model.tasks()); }
  [[nodiscard]] double seconds() const { return seconds_before_ + seconds_since(run_start_); }

  Json read_result() {
    const fs::path path = job_.directory / "result.json";
    if (!fs::exists(path)) return nullptr;
    Json result = Json::parse(read_file(path), nullptr, false);
    if (!result.is_object()) fail<DataError>("{}: damaged. Remove it to train this run again.", path.string());
    job_.model.load_state(decode_file("model.safetensors"), (job_.directory / "model.safetensors").string());
    return result;
  }

  [[nodiscard]] NamedTensors decode_file(const std::string& name) const {
    const fs::path path = job_.directory / name;
    return decode_safetensors(read_file(path), path);
  }

  void restore() {
    const auto checkpoint =
        load_checkpoint(checkpoints(), [&](const std::string& text) { job_.observer.on_message(text); });
    choose_arithmetic(checkpoint ? checkpoint->state.value("map_layout", "nchw") : job_.options.layout);
    const Json run = run_record(job_, layout_, steps_per_epoch_);
    if (!checkpoint) {
      log_.emplace(job_.directory / "run.jsonl", 0);
      log_->append(run.dump());
      return job_.observer.on_start(run, 0);
    }
    const Json& state = checkpoint->state;
    job_.model.shared_layout().require_same(state.at("layout"), checkpoints().string());
    job_.model.load_state(checkpoint->model, checkpoints().string());
    step_->optimizer().load_state(checkpoint->optimizer);
    step_->load_method_state(checkpoint->method);
    method_rng_.set_counter(state.at("method_rng").get<uint64_t>());
    epoch_ = state.at("epoch").get<int64_t>();
    position_ = state.at("position").get<int64_t>();
    total_steps_ = checkpoint->step;
    sums_.load_state(state.at("sums"));
    epoch_seconds_before_ = state.at("epoch_seconds").get<double>();
    seconds_before_ = state.at("seconds").get<double>();
    step_seconds_ = state.at("step_seconds").get<double>();
    if (state.contains("profile")) step_->profile().load(state.at("profile"), job_.model.tasks());
    best_ = state.at("best");
    if (recorder_) recorder_->load_state(state.at("recorder"));
    log_.emplace(job_.directory / "run.jsonl", state.at("log_bytes").get<size_t>());
    job_.observer.on_start(run, total_steps_);
    job_.observer.on_message(fmt::format("resuming at epoch {}, step {} of {}", epoch_, position_, steps_per_epoch_));
  }

  /// Measures with the first samples, as many as go through the network at once. A continued run keeps what was chosen.
  void choose_arithmetic(const std::string& layout) {
    std::vector<int64_t> samples(static_cast<size_t>(job_.options.batch_size / job_.step.accumulate));
    std::iota(samples.begin(), samples.end(), 0);
    const Precision precision = parse_precision(job_.options.precision);
    const Batch batch = to_device(job_.data.train->batch(samples, Rng(0)), device_, Layout::kPosition);
    const Tuning tuning = tune(job_.model, batch, layout, precision);
    layout_ = tuning.arithmetic.layout;
    job_.observer.on_message(to_text(tuning));
    if (recorder_ && precision == Precision::kBfloat16) {
      job_.observer.on_message(
          "conflicts are counted on bfloat16 gradients: signs of small cosines may differ from float32's "
          "(docs/results/performance.md)");
    }
  }

  /// Runs the rest of the current epoch; false if it was stopped.
  bool run_epoch() {
    DeviceBatches loader = batches_of_epoch();
    const double factor = schedule_factor(job_.schedule, epoch_, job_.options.epochs);
    while (position_ < steps_per_epoch_) {
      const auto begin = Clock::now();
      const Moment moment{total_steps_, steps_per_epoch_, job_.options.epochs};
      const std::vector<Batch> batches = next_batches(loader);
      step_->profile().data += seconds_since(begin);
      sums_.add((*step_)(batches, moment, job_.optimizer.lr * factor, method_rng_));
      ++position_;
      ++total_steps_;
      step_seconds_ += seconds_since(begin);
      report_step();
      if (job_.stop) {
        save();
        return false;
      }
    }
    end_epoch(job_.optimizer.lr * factor);
    return true;
  }

  /// The batches that are left of the current epoch.
  [[nodiscard]] DeviceBatches batches_of_epoch() const {
    const Dataset& data = *job_.data.train;
    const auto epoch = static_cast<uint64_t>(epoch_);
    const Rng augmentation = job_.rng.fork("augmentation").fork(epoch);
    const int64_t size = job_.options.batch_size;
    const auto plan = [=, order = job_.rng.fork("shuffle").fork(epoch).permutation(data.size())](int64_t number) {
      const auto begin = order.begin() + number * size;
      return BatchPlan{{begin, begin + size}, augmentation.fork(static_cast<uint64_t>(number))};
    };
    const int64_t count = job_.method.batches_per_step();
    return {data, plan, position_ * count, steps_per_epoch_ * count, job_.options.workers, device_, layout_};
  }

  /// The independent batches of the next step.
  [[nodiscard]] std::vector<Batch> next_batches(DeviceBatches& loader) const {
    std::vector<Batch> result;
    for (int64_t b = 0; b < job_.method.batches_per_step(); ++b) result.push_back(loader.next());
    return result;
  }

  void report_step() {
    const auto means = sums_.mean_losses();
    job_.observer.on_step({epoch_, job_.options.epochs, position_, steps_per_epoch_,
                           step_seconds_ / static_cast<double>(total_steps_),
                           recorder_ ? recorder_->conflict_share() : -1.0, means});
  }

  void write(const Json& record) {
    log_->append(record.dump());
    job_.observer.on_record(record);
  }

  void end_epoch(double learning_rate) {
    Json record{{"type", "epoch"}, {"epoch", epoch_}, {"step", total_steps_}};
    record["seconds"] = epoch_seconds();
    record["seconds_per_step"] = step_seconds_ / static_cast<double>(total_steps_);
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
    epoch_seconds_before_ = 0.0;
    epoch_start_ = Clock::now();
    sums_.clear();
    if (epoch_ <= job_.options.epochs && (epoch_ - 1) % job_.options.checkpoint_every == 0) save();
  }

  [[nodiscard]] TaskMetrics evaluate_on(const Dataset& data) const { return evaluate(job_.model, data, job_.options); }

  void validate(Json& record) {
    if (job_.data.validation->size() == 0) return;
    const TaskMetrics metrics = evaluate_on(*job_.data.validation);
    record["validation"] = to_json(job_.model.tasks(), metrics);
    job_.method.scalarizer.after_validation(achievements(job_.model.tasks(), metrics));
    const double score = validation_score(job_.model.tasks(), metrics);
    if (!best_.is_null() && score <= best_.at("score").get<double>()) return;
    best_ = {{"epoch", epoch_}, {"score", score}, {"validation", record["validation"]}};
    write_atomically(job_.directory / "best.safetensors", encode_safetensors(job_.model.state()));
  }

  void save() {
    save_checkpoint(checkpoints(), {total_steps_,
                                    {{"layout", job_.model.shared_layout().to_json()},
                                     {"method_rng", method_rng_.counter()},
                                     {"map_layout", layout_name(layout_)},
                                     {"epoch", epoch_},
                                     {"position", position_},
                                     {"sums", sums_.state()},
                                     {"epoch_seconds", epoch_seconds()},
                                     {"seconds", seconds()},
                                     {"step_seconds", step_seconds_},
                                     {"profile", profile()},
                                     {"best", best_},
                                     {"recorder", recorder_ ? recorder_->state() : Json(nullptr)},
                                     {"log_bytes", log_->size()}},
                                    job_.model.state(),
                                    step_->optimizer().state(),
                                    step_->method_state()});
  }

  /// Test metrics of the last and of the best epoch; the one time that the test split is looked at.
  Json finish() {
    const auto sums = measure(job_.model, *job_.data.test, job_.options);
    const TaskMetrics test = results(job_.model.tasks(), sums);
    const Json confusion = confusion_json(job_.model.tasks(), sums);
    write_atomically(job_.directory / "model.safetensors", encode_safetensors(job_.model.state()));
    Json best = nullptr;
    if (!best_.is_null()) best = test_of_best(test);
    write(Json{{"type", "end"},
               {"test", to_json(job_.model.tasks(), test)},
               {"best", best},
               {"confusion", confusion},
               {"seconds", seconds()},
               {"profile", profile()}});
    Json result{{"parameters", job_.model.num_parameters()},
                {"epochs", job_.options.epochs},
                {"seconds_per_step", step_seconds_ / static_cast<double>(total_steps_)},
                {"seconds", seconds()},
                {"profile", profile()},
                {"last", to_json(job_.model.tasks(), test)},
                {"best", best},
                {"confusion", confusion}};
    result["conflict"] = recorder_
                             ? summarise_conflicts(read_json_lines(job_.directory / "run.jsonl"), job_.conflict.severe)
                             : Json(nullptr);
    write_atomically(job_.directory / "result.json", result.dump(1));
    fs::remove_all(checkpoints());
    return result;
  }

  Json test_of_best(const TaskMetrics& test_of_last) {
    Json best{{"epoch", best_.at("epoch")}, {"validation", best_.at("validation")}};
    if (best_.at("epoch") == job_.options.epochs) {
      best["test"] = to_json(job_.model.tasks(), test_of_last);
      return best;
    }
    job_.model.load_state(decode_file("best.safetensors"), "best.safetensors");
    best["test"] = to_json(job_.model.tasks(), evaluate_on(*job_.data.test));
    job_.model.load_state(decode_file("model.safetensors"), "model.safetensors");
    return best;
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
  Json best_;                        ///< {epoch, score, validation} or null
  double epoch_seconds_before_ = 0;  ///< of the running epoch, before the last stop
  double seconds_before_ = 0;        ///< of the run, before the last stop
  double step_seconds_ = 0;          ///< in steps, evaluation not counted
  Clock::time_point run_start_ = Clock::now();
  Clock::time_point epoch_start_ = Clock::now();
};

}  // namespace

Json train(const TrainJob& job) { return Run(job)(); }

}  // namespace reconcile
