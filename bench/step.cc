// Training steps on random data, one a request, so that bench/run.py lets them take turns with each other, with PyTorch
// and with another build. Every variant has a network of its own with the same initial values.
//   METHOD [+ recorder] [@ RULE]  a step: "sum", "cagrad + recorder", "sum @ last(k=25)"   {ms, flop, parameters,
//   cosine} per-layer loop                the recording step of bench/layer_loop.h                 {ms, flop,
//   parameters, cosine} rows                          forward and T backward passes into the rows              {ms}
//   aggregate NAME                Gramian, solve and combine on those rows                 {ms}
//   aggregators                   names of all that draw nothing at random                 [name ...]
//   layout                        in which maps stand: what `auto` chose                   "nchw" or "position"
//   memory METHOD                 bytes: peak of this process, and what that step holds
//   and what worker.h answers
// usage: bench_step CASE BATCH TASKS THREADS [PRECISION [LAYOUT]]

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "layer_loop.h"
#include "reconcile/train/network_probe.h"
#include "reconcile/train/tuning.h"
#include "variant.h"
#include "worker.h"

namespace reconcile::bench {
namespace {

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
  Bench(Case given, int64_t batch_size, const std::string& precision, const std::string& layout)
      : case_(std::move(given)),
        batch_(random_batch(case_.data, batch_size)),
        precision_(precision),
        layout_(layout),
        start_(status_bytes("VmRSS")) {}

  Json answer(std::string request) {
    if (Json common = answer_common(request); !common.is_null()) return common;
    if (request == "aggregators") return deterministic_aggregators();
    if (request == "per-layer loop") return loop();
    if (request == "rows") return rows().fill(batch_);
    if (request.starts_with("aggregate ")) return rows().aggregate(request.substr(10));
    if (request.starts_with("memory ")) return memory(request.substr(7));
    if (request == "layout") return layout_name(arithmetic().layout);
    return variant(request).take(batch_);
  }

 private:
  /// Chosen at the first request, when no other program is at work.
  const Arithmetic& arithmetic() {
    if (!arithmetic_) arithmetic_ = choose_arithmetic(case_, batch_, layout_, precision_);
    return *arithmetic_;
  }

  static Json deterministic_aggregators() {
    Json names = Json::array();
    for (const auto& entry : aggregators()) {
      if (!entry.is_random) names.push_back(entry.info.name);
    }
    return names;
  }

  Json loop() {
    if (!loop_model_) {
      loop_model_ = make_network(case_, "", arithmetic());
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
    if (!found) found = std::make_unique<Variant>(case_, text, arithmetic());
    return *found;
  }

  Rows& rows() {
    if (!rows_) rows_.emplace(case_, arithmetic());
    return *rows_;
  }

  Case case_;
  Batch batch_;
  std::string precision_, layout_;
  double start_;  ///< resident bytes before there was a network
  std::optional<Arithmetic> arithmetic_;
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
    Bench bench(find_case(argv[1], std::atoi(argv[3])), std::atoi(argv[2]), argc > 5 ? argv[5] : "float32",
                argc > 6 ? argv[6] : "auto");
    return serve([&](const std::string& request) { return bench.answer(request); });
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_step: {}\n", error.what());
    return 1;
  }
}
