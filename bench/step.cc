// Training steps on random data, one a request, so that bench/run.py lets them take turns with each other, with PyTorch
// and with another build. Every variant has a network of its own with the same initial values.
//   METHOD [+ recorder] [@ RULE]  a step: "sum", "cagrad + recorder", "sum @ last(k=25)"   {ms, flop, parameters, cosine}
//   per-layer loop                the recording step of bench/layer_loop.h                 {ms, flop, parameters, cosine}
//   rows                          forward and T backward passes into the rows              {ms}
//   aggregate NAME                Gramian, solve and combine on those rows                 {ms}
//   aggregators                   names of all that draw nothing at random                 [name ...]
//   memory METHOD                 bytes: peak of this process, and what that step holds
//   and what worker.h answers
// usage: bench_step CASE BATCH TASKS THREADS [PRECISION [LAYOUT]]

#include "reconcile/train/step.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "cases.h"
#include "layer_loop.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/method.h"
#include "reconcile/convert/rules.h"
#include "reconcile/train/network_probe.h"
#include "worker.h"

namespace reconcile::bench {
namespace {

/// How networks compute.
struct Arithmetic {
  std::string precision = "float32";
  std::string layout = "auto";
};

/// Takes the part of `text` behind the last `mark` away; "" if there is none.
std::string cut_behind(std::string& text, const std::string& mark) {
  const auto at = text.rfind(mark);
  if (at == std::string::npos) return "";
  const std::string behind = text.substr(at + mark.size());
  text.resize(at);
  return behind;
}

/// Floating-point operations of a step on one sample by the layers' multiply-accumulates: a forward pass, and backward
/// passes of twice its cost, `joint` once over everything, else one a task over what that task uses.
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

std::unique_ptr<MultiTaskModel> make_network(const Case& given, const std::string& rule, const Arithmetic& arithmetic) {
  Experiment experiment;
  experiment.backbone = Spec::parse(given.backbone);
  experiment.architecture = {"hps"};
  auto model = make_model(experiment, given.data, 1);
  if (!rule.empty()) {
    const auto plan = choose_layers(rule, {}, *model, given.data.input_shape);
    convert(*model, plan, CopyInit::kFresh, Statistics::kMixed, given.data.input_shape, Rng(2));
  }
  if (arithmetic.precision != "float32" || arithmetic.layout != "auto") {
    fail<InvalidArgument>("precision {}, layout {}: only float32 and auto.", arithmetic.precision, arithmetic.layout);
  }
  return model;
}

/// One way of taking a step, with its own network.
class Variant {
 public:
  Variant(const Case& given, std::string text, const Arithmetic& arithmetic) {
    const std::string rule = cut_behind(text, " @ ");
    const bool records = text.ends_with(" + recorder");
    if (records) text.resize(text.size() - std::string(" + recorder").size());
    model_ = make_network(given, rule, arithmetic);
    method_ = make_method(text, model_->num_tasks());
    flop_ = step_flop(*model_, given.data.input_shape,
                      method_.aggregator->constant_weights(model_->num_tasks()).has_value() && !records);
    if (records) recorder_.emplace(model_->shared_layout(), model_->task_names(), ConflictOptions{}.thresholds);
    step_.emplace(*model_, method_.for_step(), StepOptions{}, OptimizerOptions{.lr = 0.01},
                  records ? &*recorder_ : nullptr);
  }

  Json take(const Batch& batch) {
    if (recorder_) recorder_->clear();
    const std::vector<Batch> batches(static_cast<size_t>(method_.for_step().batches_per_step()), batch);
    const double ms = milliseconds([&] { (*step_)(batches, {}, 0.01, rng_); });
    const auto batch_size = static_cast<double>(batch.targets.front().size(0));
    Json reply{{"ms", ms}, {"flop", flop_ * batch_size}, {"parameters", model_->num_parameters()}};
    if (recorder_) reply["cosine"] = mean_cosine();
    return reply;
  }

  /// Bytes that a step must hold.
  [[nodiscard]] Json held(const Case& given, const Batch& batch) {
    const int64_t T = model_->num_tasks();
    const int64_t shared = model_->shared_layout().size();
    int64_t activations = 0;
    for (const auto& call : model_->trace(given.data.input_shape)) activations += call.activations;
    const bool joint = method_.aggregator->constant_weights(T).has_value() && !recorder_;
    return {{"parameters", 4 * model_->num_parameters()},
            {"momentum", 4 * model_->num_parameters()},
            {"gradients", 4 * model_->num_parameters()},
            {"rows", joint ? 0 : 4 * T * shared},
            {"activations", 4 * activations * batch.targets.front().size(0)}};
  }

 private:
  /// Over layers and pairs.
  [[nodiscard]] double mean_cosine() const {
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

  std::unique_ptr<MultiTaskModel> model_;
  Method method_;
  std::optional<ConflictRecorder> recorder_;
  std::optional<Step> step_;
  Rng rng_{1};
  double flop_ = 0;  ///< a sample
};

/// The task gradients of one network, and aggregators that read them.
class Rows {
 public:
  Rows(const Case& given, const Arithmetic& arithmetic)
      : model_(make_network(given, "", arithmetic)), backward_(*model_), rows_(backward_.make_rows()) {}

  Json fill(const Batch& batch) {
    const double ms = milliseconds([&] {
      const auto losses = task_losses(*model_, model_->forward(batch.inputs), batch);
      backward_.pull_rows(losses, {}, rows_, false);
    });
    return {{"ms", ms}};
  }

  Json aggregate(const std::string& name) {
    const auto aggregator = make_aggregator(name);
    rows_.losses.assign(static_cast<size_t>(rows_.num_tasks()), 1.0);
    rows_.independent.assign(static_cast<size_t>(aggregator->batches_per_step() - 1), rows_.rows());
    at::Tensor direction = at::empty({rows_.rows().size(1)});
    Rng rng(1);
    const auto call = [&] {
      rows_.changed();
      (*aggregator)(rows_, rng, direction);
    };
    call();  // memory is made in the first
    return {{"ms", repeated_milliseconds(call)}};
  }

 private:
  std::unique_ptr<MultiTaskModel> model_;
  Backward backward_;
  TaskGradients rows_;
};

class Bench {
 public:
  Bench(Case given, int64_t batch_size, Arithmetic arithmetic)
      : case_(std::move(given)),
        batch_(random_batch(case_.data, batch_size)),
        arithmetic_(std::move(arithmetic)),
        start_(status_bytes("VmRSS")) {}

  Json answer(std::string request) {
    if (Json common = answer_common(request); !common.is_null()) return common;
    if (request == "aggregators") return deterministic_aggregators();
    if (request == "per-layer loop") return loop();
    if (request == "rows") return rows().fill(batch_);
    if (request.starts_with("aggregate ")) return rows().aggregate(request.substr(10));
    if (request.starts_with("memory ")) return memory(request.substr(7));
    return variant(request).take(batch_);
  }

 private:
  static Json deterministic_aggregators() {
    Json names = Json::array();
    for (const auto& entry : aggregators()) {
      if (!entry.is_random) names.push_back(entry.info.name);
    }
    return names;
  }

  Json loop() {
    if (!loop_model_) {
      loop_model_ = make_network(case_, "", arithmetic_);
      loop_flop_ = step_flop(*loop_model_, case_.data.input_shape, false);
      loop_.emplace(*loop_model_);
    }
    double cosine = 0;
    const double ms = milliseconds([&] { cosine = (*loop_)(batch_); });
    const auto batch_size = static_cast<double>(batch_.targets.front().size(0));
    return {{"ms", ms},
            {"flop", loop_flop_ * batch_size},
            {"parameters", loop_model_->num_parameters()},
            {"cosine", cosine}};
  }

  Json memory(const std::string& method) {
    Json reply = variant(method).held(case_, batch_);
    reply["program"] = start_;
    reply["peak"] = status_bytes("VmHWM");
    return reply;
  }

  Variant& variant(const std::string& text) {
    auto& found = variants_[text];
    if (!found) found = std::make_unique<Variant>(case_, text, arithmetic_);
    return *found;
  }

  Rows& rows() {
    if (!rows_) rows_.emplace(case_, arithmetic_);
    return *rows_;
  }

  Case case_;
  Batch batch_;
  Arithmetic arithmetic_;
  double start_;  ///< resident bytes before there was a network
  std::map<std::string, std::unique_ptr<Variant>> variants_;
  std::optional<Rows> rows_;
  std::unique_ptr<MultiTaskModel> loop_model_;
  std::optional<LayerLoop> loop_;
  double loop_flop_ = 0;
};

}  // namespace
}  // namespace reconcile::bench

int main(int argc, char** argv) {
  if (argc < 5 || argc > 7) {
    fmt::print(stderr,
               "usage: bench_step resnet18|segnet|mobilenet|celeba BATCH TASKS THREADS [PRECISION [LAYOUT]]\n"
               "Requests come on stdin, one a line: \"sum\", \"cagrad + recorder\", \"sum @ last(k=25)\" ...\n");
    return 2;
  }
  using namespace reconcile::bench;
  prepare_process(std::atoi(argv[4]));
  try {
    Bench bench(find_case(argv[1], std::atoi(argv[3])), std::atoi(argv[2]),
                {argc > 5 ? argv[5] : "float32", argc > 6 ? argv[6] : "auto"});
    return serve([&](const std::string& request) { return bench.answer(request); });
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_step: {}\n", error.what());
    return 1;
  }
}
