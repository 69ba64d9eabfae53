#include "reconcile/train/tuning.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>

#include "reconcile/base/error.h"
#include "reconcile/train/network_probe.h"

namespace reconcile {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostRounds = 3;
constexpr double kEnoughSeconds = 2.0;  ///< of measuring one layout
constexpr double kClearlySlower = 1.25;

/// Seconds of a forward pass and a backward pass of the summed losses.
double time_pass(MultiTaskModel& model, const Batch& batch) {
  const auto begin = Clock::now();
  const auto losses = task_losses(model, model.forward(batch.inputs), batch);
  at::Tensor sum = losses.front();
  for (size_t t = 1; t < losses.size(); ++t) sum = sum + losses[t];
  torch::autograd::grad({sum}, model.shared_parameters(), {}, {}, false, /*allow_unused=*/true);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The least seconds of both layouts; the first pass of each warms up, unless it is long.
void measure(MultiTaskModel& model, const Batch& batch, Tuning& tuning) {
  model.set_training(true);
  model.set_frozen_statistics(true);
  model.begin_step({}, Rng(0));
  double spent = 0.0;
  for (int round = 0; round <= kMostRounds && spent < kEnoughSeconds; ++round) {
    for (const Layout layout : {Layout::kNchw, Layout::kPosition}) {
      model.set_arithmetic({layout});
      const double seconds = time_pass(model, batch);
      double& best = layout == Layout::kNchw ? tuning.nchw_seconds : tuning.position_seconds;
      best = round <= 1 ? seconds : std::min(best, seconds);
      if (layout == Layout::kPosition) spent += seconds;
    }
  }
  model.set_frozen_statistics(false);
}

}  // namespace

std::string layout_name(Layout layout) { return layout == Layout::kNchw ? "nchw" : "position"; }

void check_arithmetic(const std::string& layout, const std::string& precision, const Where& where) {
  if (layout != "nchw" || precision == "float32") return;
  fail<InvalidArgument>(
      "{} = \"{}\", but layout = \"nchw\": only position-major maps have these products. Set layout to \"position\".",
      where("precision"), precision);
}

Tuning tune(MultiTaskModel& model, const Batch& batch, const std::string& layout, Precision precision) {
  Tuning tuning{{layout == "nchw" ? Layout::kNchw : Layout::kPosition, precision}};
  check_arithmetic(layout, precision_name(precision), [](const std::string& key) { return "train." + key; });
  tuning.device = batch.inputs.values().front().device();
  if (!tuning.device.is_cpu() && precision == Precision::kBfloat16x3) {
    fail<InvalidArgument>(
        "train.precision = \"bfloat16x3\", but train.device = \"{}\": only the CPU has these products. Set precision "
        "to "
        "\"float32\" or \"bfloat16\".",
        tuning.device.str());
  }
  at::globalContext().setAllowTF32CuDNN(false);  // float32 is float32
  const bool plain = precision == Precision::kFloat32 && tuning.device.is_cpu();
  if (layout == "auto" && plain && !model.shared_parameters().empty()) {
    measure(model, batch, tuning);
    if (tuning.position_seconds > kClearlySlower * tuning.nchw_seconds) tuning.arithmetic.layout = Layout::kNchw;
  }
  model.set_arithmetic(tuning.arithmetic);
  return tuning;
}

std::string to_text(const Tuning& tuning) {
  const bool position = tuning.arithmetic.layout == Layout::kPosition;
  if (!tuning.device.is_cpu()) {
    return fmt::format("computing on {} with {} maps, {}", tuning.device.str(), position ? "channels-last" : "NCHW",
                       precision_name(tuning.arithmetic.precision));
  }
  std::string text = fmt::format("computing with {} maps, {}, {} threads", position ? "position-major" : "NCHW",
                                 precision_name(tuning.arithmetic.precision), at::get_num_threads());
  if (tuning.nchw_seconds == 0.0) return text;
  return text + fmt::format(" (a pass takes {:.3g} s, NCHW {:.3g} s)", tuning.position_seconds, tuning.nchw_seconds);
}

}  // namespace reconcile
