#include "variant.h"

#include <fmt/format.h>

#include "reconcile/convert/rules.h"
#include "reconcile/train/tuning.h"
#include "worker.h"

namespace reconcile::bench {
namespace {

/// Takes the part of `text` behind the last `mark` away, with the mark; "" if there is none.
std::string cut_behind(std::string& text, const std::string& mark) {
  const auto at = text.rfind(mark);
  if (at == std::string::npos) return "";
  const std::string behind = text.substr(at + mark.size());
  text.resize(at);
  return behind;
}

}  // namespace

Arithmetic choose_arithmetic(const Case& given, const Batch& batch, const std::string& layout,
                             const std::string& precision) {
  return tune(*make_network(given, "", {}), batch, layout, parse_precision(precision)).arithmetic;
}

std::unique_ptr<MultiTaskModel> make_network(const Case& given, const std::string& rule, const Arithmetic& arithmetic) {
  Experiment experiment;
  experiment.backbone = Spec::parse(given.backbone);
  experiment.architecture = {"hps"};
  auto model = make_model(experiment, given.data, 1);
  if (!rule.empty()) {
    const auto plan = choose_layers(rule, {}, *model, given.data.input_shape);
    convert(*model, plan, CopyInit::kFresh, Statistics::kMixed, given.data.input_shape, Rng(2));
  }
  model->set_arithmetic(arithmetic);
  return model;
}

double step_flop(MultiTaskModel& model, const std::vector<int64_t>& shape, bool joint) {
  const auto num_tasks = static_cast<double>(model.num_tasks());
  double macs = 0;
  for (const auto& call : model.trace(shape)) {
    const bool own = call.streams.num_tasks() == 1 && num_tasks > 1;
    const double passes = joint || own ? 1.0 : num_tasks / static_cast<double>(call.streams.num_groups());
    macs += static_cast<double>(call.macs) * (1 + 2 * passes);
  }
  return 2 * macs;
}

Variant::Variant(const Case& given, std::string text, const Arithmetic& arithmetic) {
  const std::string rule = cut_behind(text, " @ ");
  const bool records = text.ends_with(" + recorder");
  if (records) cut_behind(text, " + recorder");
  model_ = make_network(given, rule, arithmetic);
  method_ = make_method(text, model_->num_tasks());
  if (records) recorder_.emplace(model_->shared_layout(), model_->task_names(), ConflictOptions{}.thresholds);
  flop_ = step_flop(*model_, given.data.input_shape, is_joint());
  step_.emplace(*model_, method_.for_step(), StepOptions{}, OptimizerOptions{.lr = 0.01},
                records ? &*recorder_ : nullptr);
}

bool Variant::is_joint() const {
  return method_.aggregator->constant_weights(model_->num_tasks()).has_value() && !recorder_;
}

Json Variant::take(const Batch& batch) {
  if (recorder_) recorder_->clear();
  const std::vector<Batch> batches(static_cast<size_t>(method_.for_step().batches_per_step()), batch);
  const double ms = milliseconds([&] { (*step_)(batches, {}, 0.01, rng_); });
  const auto batch_size = static_cast<double>(batch.targets.front().size(0));
  Json reply{{"ms", ms}, {"flop", flop_ * batch_size}, {"parameters", model_->num_parameters()}};
  if (recorder_) reply["cosine"] = mean_cosine();
  return reply;
}

Json Variant::held(const Case& given, const Batch& batch) {
  const int64_t parameters = 4 * model_->num_parameters();
  int64_t activations = 0;
  for (const auto& call : model_->trace(given.data.input_shape)) activations += call.activations;
  return {{"parameters", parameters},
          {"momentum", parameters},
          {"gradients", parameters},
          {"rows", is_joint() ? 0 : 4 * model_->num_tasks() * model_->shared_layout().size()},
          {"activations", 4 * activations * batch.targets.front().size(0)}};
}

double Variant::mean_cosine() const {
  double sum = 0;
  double count = 0;
  const Json record = recorder_->record();
  for (const auto& layer : record["layers"]) {
    for (const auto& cosine : layer["cosine"]) {
      sum += cosine.get<double>();
      ++count;
    }
  }
  return sum / count;
}

}  // namespace reconcile::bench
