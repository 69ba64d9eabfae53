#include "reconcile/train/finite_guard.h"

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/train/backward.h"
#include "reconcile/train/network_probe.h"

namespace reconcile {
namespace {

constexpr int64_t kMostDumps = 20;

/// Everything in the state of a model that is no parameter: running statistics.
NamedTensors statistics_of(const MultiTaskModel& model) {
  NamedTensors found = model.state();
  std::erase_if(found, [](const auto& named) { return named.second.requires_grad(); });
  return found;
}

double norm_of(const std::vector<at::Tensor>& tensors) {
  double square = 0;
  for (const auto& tensor : tensors) square += std::pow(tensor.norm(2, at::kDouble).item<double>(), 2);
  return std::sqrt(square);
}

/// What one batch does to every task: its loss, and the norms of its gradients, of all shared parameters, of each
/// layer, and of its own.
Json measure_tasks(MultiTaskModel& model, const Batch& batch) {
  Backward backward(model);
  TaskGradients rows = backward.make_rows();
  const auto losses = task_losses(model, model.forward(batch.inputs), batch);
  backward.pull_rows(losses, {}, rows, false);
  const at::Tensor gramians = rows.layer_gramians();
  Json result = Json::array();
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    Json layers = Json::object();
    double square = 0;
    for (int64_t l = 0; l < gramians.size(0); ++l) {
      const double of_layer = gramians[l][t][t].item<double>();
      square += of_layer;
      layers[rows.layout().layers()[l].name] = number(std::sqrt(of_layer));
    }
    result.push_back({{"name", model.tasks()[t].name},
                      {"loss", number(losses[t].item<double>())},
                      {"gradient_norm", number(std::sqrt(square))},
                      {"own_gradient_norm", number(norm_of(backward.own_gradients(t)))},
                      {"layers", layers}});
  }
  return result;
}

bool is_finite(const Json& task) {
  return task.at("loss").is_number() && task.at("gradient_norm").is_number() &&
         task.at("own_gradient_norm").is_number();
}

/// The tasks of the first batch in which one is not finite; of the first batch if none is.
Json find_culprits(MultiTaskModel& model, std::span<const Batch> batches) {
  Json first;
  for (const Batch& batch : batches) {
    Json tasks = measure_tasks(model, batch);
    if (!std::all_of(tasks.begin(), tasks.end(), is_finite)) return tasks;
    if (first.is_null()) first = std::move(tasks);
  }
  return first;
}

bool is_finite(const Streams& inputs) {
  bool finite = true;
  for (const auto& tensor : inputs.values()) finite = finite && tensor.isfinite().all().item<bool>();
  return finite;
}

}  // namespace

FiniteGuard::FiniteGuard(const TrainOptions& options, MultiTaskModel& model, std::filesystem::path directory)
    : options_(options), model_(model), directory_(std::move(directory)) {}

void FiniteGuard::before_step() {
  if (options_.nonfinite != "skip") return;  // the others leave this model
  const at::NoGradGuard no_grad;
  const NamedTensors now = statistics_of(model_);
  if (before_.empty()) {
    for (const auto& [name, tensor] : now) before_.emplace_back(name, tensor.clone());
  } else {
    copy_tensors(now, before_, "running statistics");
  }
}

void FiniteGuard::put_back() {
  if (!before_.empty()) copy_tensors(before_, statistics_of(model_), "running statistics");
}

void FiniteGuard::after_step() {
  if (!rolls_back()) failures_ = 0;
}

void FiniteGuard::before_checkpoint() {
  if (rolls_back()) failures_ = 0;
}

Json FiniteGuard::after_failure(const FailedStep& failed) {
  put_back();
  const bool ends = options_.nonfinite == "stop" || ++failures_ > options_.nonfinite_limit;
  Json record = dump(failed, ends ? "stop" : options_.nonfinite);
  const auto culprits = record.at("tasks").get<std::vector<std::string>>();
  const std::string who = culprits.empty() ? "the method, or the penalty of the network"
                                           : fmt::format("task {}", fmt::join(culprits, ", "));
  if (ends) {
    fail<NotFinite>(
        "epoch {}, step {} of the run: numbers that are not finite, from {}: {} Nothing was updated{}. {} holds the "
        "losses, gradient norms and samples.",
        failed.epoch, failed.moment.step, who, failed.error.what(),
        options_.nonfinite == "stop" ? "" : fmt::format(", and train.nonfinite_limit = {}", options_.nonfinite_limit),
        record.at("dump").is_null() ? "The folder" : record.at("dump").get<std::string>());
  }
  if (!rolls_back()) return record;
  left_out_.insert(failed.moment.step);
  rate_factor_ /= 2;
  return record;
}

Json FiniteGuard::dump(const FailedStep& failed, const std::string& action) {
  model_.begin_step(failed.moment, failed.noise);
  model_.set_frozen_statistics(true);
  const Json tasks = find_culprits(model_, failed.batches);
  model_.set_frozen_statistics(false);
  Json culprits = Json::array();
  for (const Json& task : tasks) {
    if (!is_finite(task)) culprits.push_back(task.at("name"));
  }
  Json record{{"type", "nonfinite"}, {"epoch", failed.epoch}, {"step", failed.moment.step},
              {"action", action},    {"tasks", culprits},     {"dump", nullptr}};
  if (dumps_ >= kMostDumps) return record;
  ++dumps_;
  record["dump"] = fmt::format("nonfinite-{:08}.json", failed.moment.step);
  Json document{{"message", failed.error.what()},
                {"inputs_finite", is_finite(failed.batches.front().inputs)},
                {"samples", failed.samples},
                {"norms", tasks}};
  document.update(record);
  write_json(directory_ / record["dump"].get<std::string>(), document);
  return record;
}

Json FiniteGuard::state() const {
  return {{"failures", failures_}, {"dumps", dumps_}, {"rate_factor", rate_factor_}, {"left_out", left_out_}};
}

void FiniteGuard::load_state(const Json& state) {
  failures_ = state.at("failures").get<int64_t>();
  dumps_ = state.at("dumps").get<int64_t>();
  rate_factor_ = state.at("rate_factor").get<double>();
  left_out_ = state.at("left_out").get<std::set<int64_t>>();
}

}  // namespace reconcile
