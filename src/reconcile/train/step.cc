#include "reconcile/train/step.h"

#include <ATen/ATen.h>

#include <numeric>

#include "reconcile/base/error.h"
#include "reconcile/base/stopwatch.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/train/absent_tasks.h"
#include "reconcile/train/network_probe.h"
#include "reconcile/train/representation.h"

namespace reconcile {
namespace {

using Weights = std::vector<double>;
using Tensors = std::vector<at::Tensor>;

Weights scaled(Weights weights, double factor) {
  for (double& weight : weights) weight *= factor;
  return weights;
}

Weights product(Weights a, const Weights& b) {
  for (size_t t = 0; t < a.size(); ++t) a[t] *= b[t];
  return a;
}

/// What brings a result with that reduction to the sum convention.
double to_sum(Reduction reduction, int64_t num_tasks) {
  return reduction == Reduction::kMean ? static_cast<double>(num_tasks) : 1.0;
}

/// The k-th of n equal parts of a batch.
Batch part_of(const Batch& batch, int64_t k, int64_t n) {
  if (n == 1) return batch;
  const auto cut = [&](const at::Tensor& whole) { return whole.narrow(0, k * (whole.size(0) / n), whole.size(0) / n); };
  Batch part{map(batch.inputs, cut), {}};
  for (const auto& target : batch.targets) part.targets.push_back(cut(target));
  return part;
}

/// Scalars that pull back weights[t] times a loss; undefined where the weight is zero.
Tensors cotangents(const Weights& weights, const at::Tensor& like) {
  Tensors result;
  for (const double w : weights) result.push_back(w == 0.0 ? at::Tensor() : at::full_like(like, w));
  return result;
}

/// Of the losses of the tasks that had targets; 0 if none had.
double mean_of_present(const StepResult& result) {
  const auto count = static_cast<double>(result.losses.size() - result.absent.size());
  return std::accumulate(result.losses.begin(), result.losses.end(), 0.0) / std::max(count, 1.0);
}

}  // namespace

Step::Step(MultiTaskModel& model, const StepMethod& method, const StepOptions& options,
           const OptimizerOptions& optimizer, ConflictRecorder* recorder)
    : model_(model),
      method_(method),
      options_(options),
      recorder_(recorder),
      backward_(model),
      scalarizer_scale_(to_sum(method.scalarizer.reduction(), model.num_tasks())),
      aggregator_scale_(to_sum(method.aggregator.reduction(), model.num_tasks())) {
  check_step(options, method.aggregator, [](const std::string& key) { return "step." + key; });
  model.set_recomputed(options.recompute);
  NamedTensors parameters = backward_.parameters();
  Tensors gradients = backward_.gradients();
  const NamedTensors learned = method.scalarizer.parameters();
  for (const auto& [name, tensor] : learned) parameters.emplace_back("scalarizer." + name, tensor);
  for (const auto& gradient : method.scalarizer.parameter_gradients()) gradients.push_back(gradient);
  std::vector<double> factors;
  for (const auto& [name, parameter] : parameters) {
    factors.push_back(model.is_rotation(parameter) ? options.rotation_rate : 1.0);
  }
  optimizer_ = std::make_unique<Optimizer>(optimizer, std::move(parameters), std::move(gradients), learned.size(),
                                           std::move(factors));
  profile_.backward_tasks.resize(static_cast<size_t>(model.num_tasks()));
}

Tensors Step::forward(const Batch& batch) {
  const Stopwatch watch(profile_.forward);
  return task_losses(model_, model_.forward(batch.inputs), batch);
}

/// Losses of a batch; the gradients of every task go to `rows`.
Tensors Step::differentiate(const Batch& batch, TaskGradients& rows, bool add) {
  const auto passes = [this, &rows, add](const Batch& given) {
    Tensors losses = forward(given);
    backward_.pull_rows(losses, {}, rows, add);
    return losses;
  };
  if (!options_.capture) return passes(batch);
  const Tensors& losses = repeated_(batch, passes);
  if (model_.varies()) {
    fail<StateError>(
        "step.capture = true, but this network draws random numbers or changes with time, which a recording would not. "
        "Set it to false.");
  }
  rows.changed();
  return losses;
}

void Step::take_seconds(const TaskGradients& rows) {
  const auto [gramians, combines] = rows.take_seconds();
  profile_.gramian += gramians;
  profile_.combine += combines;
}

/// Keeps the Gramian of rows that are sums over that many parts of a batch, if it is finite. Whoever weighs the rows
/// asks for the same one.
void Step::check_rows(const TaskGradients& rows, double parts, StepResult& result) const {
  if (!updates_) return;
  const Eigen::MatrixXd gramian = to_matrix(rows.gramian());
  require_finite(gramian);
  if (result.absent.empty()) result.gramian = gramian / (parts * parts);
}

Weights Step::scalarize(const Moment& moment, Rng& rng, const StepResult& result) {
  Weights losses = result.losses;
  for (const int64_t t : result.absent) losses[t] = last_losses_.empty() ? mean_of_present(result) : last_losses_[t];
  last_losses_ = losses;
  return scaled(method_.scalarizer(losses, moment, rng).weights, scalarizer_scale_);
}

void Step::aggregate(TaskGradients& rows, const Weights& task_weights, at::Tensor& direction, Rng& rng,
                     StepResult& result) {
  const at::NoGradGuard no_grad;
  take_seconds(rows);
  const double passes = profile_.gramian + profile_.combine;
  if (updates_) {
    const Stopwatch watch(profile_.solve);
    const Aggregation aggregation = result.absent.empty()
                                        ? method_.aggregator(rows, rng, direction)
                                        : aggregate_present(method_.aggregator, rows, result.absent, rng, direction);
    result.fallback = aggregation.fallback;
    kept_ = aggregation.weights.value_or(Weights{});
    if (aggregator_scale_ != 1.0) direction.mul_(aggregator_scale_);
  } else {
    rows.combine(scaled(kept_, aggregator_scale_), direction);
  }
  take_seconds(rows);
  if (updates_) profile_.solve -= profile_.gramian + profile_.combine - passes;
  if (!kept_.empty()) result.weights = scaled(product(task_weights, kept_), aggregator_scale_);
}

void Step::one_pass(const Batch& batch, const Weights& aggregated, const Moment& moment, Rng& rng, StepResult& result) {
  const JoinedStreams joined(model_);
  const int64_t n = options_.accumulate;
  Weights weights;
  for (int64_t k = 0; k < n; ++k) {
    const Batch part = part_of(batch, k, n);
    const Tensors losses = forward(part);
    add_values(losses, model_.tasks(), 1.0 / static_cast<double>(n), result.losses);
    if (k == 0) {  // with several parts the weights do not depend on the losses
      result.absent = absent_tasks(model_.tasks(), batch, result.losses);
      weights = scalarize(moment, rng, result);
      result.weights = scaled(product(weights, aggregated), aggregator_scale_);
    }
    const auto pulled = [&](const Weights& w) {
      return cotangents(scaled(w, 1.0 / static_cast<double>(n)), losses.front());
    };
    const bool same = options_.head_gradient == "weighted" || weights == *result.weights;
    backward_.pull(losses, pulled(*result.weights), same ? Tensors{} : pulled(weights), k > 0);
  }
}

void Step::all_passes(std::span<const Batch> batches, const Moment& moment, Rng& rng, StepResult& result) {
  while (rows_.size() < batches.size()) rows_.push_back(backward_.make_rows());
  const auto num_batches = static_cast<double>(batches.size());
  const auto n = static_cast<double>(options_.accumulate);
  for (size_t b = 0; b < batches.size(); ++b) {
    for (int64_t k = 0; k < options_.accumulate; ++k) {
      const Batch part = part_of(batches[b], k, options_.accumulate);
      if (b > 0 && k == 0) at::Tensor(rows_[b].rows()).zero_();  // own gradients add up over the batches
      const Tensors losses = differentiate(part, rows_[b], b > 0 || k > 0);
      add_values(losses, model_.tasks(), 1.0 / (n * num_batches), result.losses);
    }
    if (b == 0) result.absent = absent_tasks(model_.tasks(), batches[b], result.losses);
  }
  TaskGradients& rows = rows_.front();
  check_rows(rows, n, result);
  if (recorder_ != nullptr && updates_) recorder_->observe(rows);
  const Weights weights = scalarize(moment, rng, result);
  for (auto& of_batch : rows_) of_batch.scale(scaled(weights, 1.0 / n));
  rows.losses = result.losses;
  rows.independent.clear();
  for (size_t b = 1; b < batches.size(); ++b) rows.independent.push_back(rows_[b].rows());
  aggregate(rows, weights, backward_.shared(), rng, result);
  const Weights& own = options_.head_gradient == "weighted" ? *result.weights : weights;
  backward_.scale_own(scaled(own, 1.0 / (n * num_batches)));
}

void Step::through_representation(const Batch& batch, const Moment& moment, Rng& rng, StepResult& result) {
  const JoinedStreams joined(model_);
  std::optional<Stopwatch> watch(profile_.forward);
  const Representation representation = model_.represent(batch.inputs);
  const auto leaves = leaves_of(representation, model_.num_tasks());
  const Tensors losses = task_losses(model_, model_.predict(read_by(leaves, representation.size)), batch);
  add_values(losses, model_.tasks(), 1.0, result.losses);
  watch.reset();
  ParamLayout layout = layout_of(leaves.front());
  if (rows_.empty() || rows_.front().layout().size() != layout.size()) {
    rows_.clear();
    rows_.emplace_back(std::move(layout), model_.num_tasks(), leaves.front().front().options());
  }
  TaskGradients& rows = rows_.front();
  backward_.pull_rows(losses, leaves, rows, false);
  result.absent = absent_tasks(model_.tasks(), batch, result.losses);
  const at::Tensor misalignment = model_.misalignment(rows.rows(), representation);
  check_rows(rows, 1, result);
  const Weights weights = scalarize(moment, rng, result);
  rows.scale(weights);
  rows.losses = result.losses;
  at::Tensor direction = at::empty({rows.rows().size(1)}, rows.rows().options());
  aggregate(rows, weights, direction, rng, result);
  backward_.scale_own(options_.head_gradient == "weighted" ? *result.weights : weights);
  const Weights own = options_.head_gradient == "weighted" ? scaled(kept_, aggregator_scale_) : Weights{};
  const Cotangents pulled = cotangents_of(representation, rows, direction, scaled(kept_, aggregator_scale_), own);
  backward_.shared().zero_();
  backward_.pull(pulled.outputs, pulled.shared, pulled.own, true);
  if (misalignment.defined()) backward_.pull({misalignment}, {at::ones_like(misalignment)}, {}, true);
}

void Step::add_penalty(const Batch& batch) {
  const at::Tensor penalty = model_.penalty(batch.inputs);
  if (penalty.defined()) backward_.pull({penalty}, {at::ones_like(penalty)}, {}, true);
}

void Step::look_ahead(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng,
                      StepResult& result) {
  Tensors parameters;
  const NamedTensors named = backward_.parameters();
  for (const auto& [name, tensor] : named) parameters.push_back(tensor);
  NetworkProbe probe(model_, parameters, batches);
  const at::Tensor gradient = method_.scalarizer.look_ahead(probe, learning_rate);
  if (!gradient.defined()) return;
  backward_.set(gradient);
  result.losses = probe.losses(0, {});
  result.weights = scalarize(moment, rng, result);
}

void Step::tell_losses_after_step(const Batch& batch, const StepResult& result) {
  const Tensors parameters;
  NetworkProbe probe(model_, parameters, {&batch, 1});
  Weights losses = probe.losses(0, {});
  for (const int64_t t : result.absent) losses[t] = last_losses_[t];
  method_.scalarizer.after_step(losses);
}

void Step::update(double learning_rate) {
  const Stopwatch watch(profile_.update);
  backward_.check_and_clip(options_.clip_norm);
  optimizer_->step(learning_rate);
}

StepResult Step::operator()(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng) {
  const double counted = profile_.total();
  double seconds = 0;
  StepResult result;
  {
    const Stopwatch watch(seconds);
    result = take(batches, moment, learning_rate, rng);
  }
  const auto passes = backward_.take_seconds();
  for (size_t t = 0; t < passes.tasks.size(); ++t) profile_.backward_tasks[t] += passes.tasks[t];
  profile_.backward_joint += passes.joint;
  profile_.other += std::max(0.0, seconds - (profile_.total() - counted));
  ++profile_.steps;
  return result;
}

StepResult Step::take(std::span<const Batch> batches, const Moment& moment, double learning_rate, Rng& rng) {
  StepResult result;
  model_.begin_step(moment, noise(rng, moment));
  if (method_.scalarizer.batches_per_step() > 1) look_ahead(batches, moment, learning_rate, rng, result);
  if (result.losses.empty())
    descend(batches.first(static_cast<size_t>(method_.aggregator.batches_per_step())), moment, rng, result);
  add_penalty(batches.front());
  update(learning_rate);
  if (method_.scalarizer.wants_losses_after_step()) tell_losses_after_step(batches.front(), result);
  return result;
}

void Step::descend(std::span<const Batch> batches, const Moment& moment, Rng& rng, StepResult& result) {
  updates_ = is_update(moment);
  auto known = method_.aggregator.constant_weights(model_.num_tasks());
  if (!updates_) known = kept_;
  const bool losses_first = options_.accumulate == 1 || method_.scalarizer.constant_weights();
  if (options_.gradient == "representation") {
    through_representation(batches.front(), moment, rng, result);
  } else if (known && losses_first && (recorder_ == nullptr || !updates_)) {
    one_pass(batches.front(), *known, moment, rng, result);
  } else {
    all_passes(batches, moment, rng, result);
  }
}

}  // namespace reconcile
