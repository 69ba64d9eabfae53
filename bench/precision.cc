// What the precisions change: ResNet-18 learns two tasks in float32, and every few steps the same network and batch
// give task gradients in every precision. Printed against float32: the error of the gradients, the cosines of the
// layers, and the ranking of layers that the recorded conflicts give. The first row repeats float32 in LibTorch's own
// layout: what rounding alone changes. usage: bench_precision [STEPS, default 60] [EVERY, default 3] [BATCH, default
// 64] [THREADS, default 2] [SEED]

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "cases.h"
#include "reconcile/catalog/method.h"
#include "reconcile/conflict/ranking.h"
#include "reconcile/conflict/recorder.h"
#include "reconcile/train/network_probe.h"
#include "reconcile/train/step.h"
#include "worker.h"

namespace reconcile::bench {
namespace {

constexpr double kThreshold = 0.0;  ///< S of the ranking

/// One way to compute, and what it has shown so far.
struct Candidate {
  std::string name;
  Arithmetic arithmetic;
  TaskGradients rows;
  ConflictRecorder recorder;
  double row_error = 0, mean_cosine_error = 0, largest_cosine_error = 0;
  int64_t flips = 0, signs = 0;
};

/// The cosine of the first two tasks in every layer.
std::vector<double> cosines(const TaskGradients& rows) {
  std::vector<double> result;
  const at::Tensor gramians = rows.layer_gramians();
  for (int64_t l = 0; l < gramians.size(0); ++l) {
    const auto at = [&](int64_t i, int64_t j) { return gramians[l][i][j].item<double>(); };
    result.push_back(at(0, 1) / std::sqrt(std::max(at(0, 0) * at(1, 1), 1e-24)));
  }
  return result;
}

/// Fills the rows of a candidate, whose network must not move.
void fill(Candidate& candidate, MultiTaskModel& model, Backward& backward, const Batch& batch) {
  model.set_arithmetic(candidate.arithmetic);
  model.set_frozen_statistics(true);
  backward.pull_rows(task_losses(model, model.forward(batch.inputs), batch), {}, candidate.rows, false);
  model.set_frozen_statistics(false);
  candidate.recorder.observe(candidate.rows);
}

void compare(Candidate& candidate, const Candidate& exact) {
  const at::Tensor& rows = exact.rows.rows();
  const at::Tensor error = (candidate.rows.rows() - rows).norm(2, 1) / rows.norm(2, 1);
  candidate.row_error += error.mean().item<double>();
  const auto mine = cosines(candidate.rows);
  const auto theirs = cosines(exact.rows);
  double sum = 0;
  for (size_t l = 0; l < mine.size(); ++l) {
    const double difference = std::abs(mine[l] - theirs[l]);
    sum += difference;
    candidate.largest_cosine_error = std::max(candidate.largest_cosine_error, difference);
    candidate.flips += (mine[l] < 0) != (theirs[l] < 0);
  }
  candidate.mean_cosine_error += sum / static_cast<double>(mine.size());
  candidate.signs += static_cast<int64_t>(mine.size());
}

LayerRanking ranking(const Candidate& candidate, const MultiTaskModel& model) {
  Json tasks = Json::array();
  for (const auto& name : model.task_names()) tasks.push_back({{"name", name}});
  Json layers = Json::array();
  for (const auto& layer : candidate.rows.layout().layers()) layers.push_back({{"name", layer.name}});
  Json conflict{{"type", "conflict"}, {"epoch", 1}};
  conflict.update(candidate.recorder.record());
  const Json run{
      {"type", "run"}, {"thresholds", candidate.recorder.thresholds()}, {"tasks", tasks}, {"layers", layers}};
  return rank_layers({run, conflict}, kThreshold, {});
}

void run(int64_t steps, int64_t every, int64_t batch_size, int64_t seed) {
  Experiment experiment;
  experiment.data = Spec::parse("glyphs");
  experiment.backbone = Spec::parse("resnet18(features=100)");
  experiment.architecture = {"hps"};
  const DataSplits data = load_data(experiment, "");
  const auto model = make_model(experiment, {data.train->tasks(), data.train->input_shape()}, seed);
  Method method = make_method("sum", model->num_tasks());
  Step step(*model, method.for_step(), {}, {.lr = 0.02}, nullptr);
  Backward backward(*model);
  std::vector<Candidate> candidates;
  const auto add = [&](const std::string& name, const Arithmetic& arithmetic) {
    candidates.push_back({name, arithmetic, backward.make_rows(),
                          ConflictRecorder(model->shared_layout(), model->task_names(), {0.0, -0.02, -0.1})});
  };
  add("float32", {Layout::kPosition});
  add("float32, nchw", {Layout::kNchw});
  add("bfloat16x3", {Layout::kPosition, Precision::kBfloat16x3});
  add("bfloat16", {Layout::kPosition, Precision::kBfloat16});
  Rng rng(static_cast<uint64_t>(seed));
  for (int64_t s = 0; s < steps; ++s) {
    const auto order = rng.fork(static_cast<uint64_t>(s)).permutation(data.train->size());
    const Batch batch = data.train->batch({order.data(), static_cast<size_t>(batch_size)});
    if (s % every == 0) {
      for (auto& candidate : candidates) fill(candidate, *model, backward, batch);
      for (size_t i = 1; i < candidates.size(); ++i) compare(candidates[i], candidates.front());
    }
    model->set_arithmetic(candidates.front().arithmetic);
    step({&batch, 1}, {}, 0.02, rng);
  }
  const auto count = static_cast<double>((steps + every - 1) / every);
  const LayerRanking exact = ranking(candidates.front(), *model);
  fmt::print(
      "| against float32 | gradients, relative | layer cosine, mean | largest | signs that differ | ranking distance "
      "|\n"
      "|---|--:|--:|--:|--:|--:|\n");
  for (size_t i = 1; i < candidates.size(); ++i) {
    const Candidate& c = candidates[i];
    fmt::print("| {} | {:.1e} | {:.1e} | {:.1e} | {} of {} | {:.2f} |\n", c.name, c.row_error / count,
               c.mean_cosine_error / count, c.largest_cosine_error, c.flips, c.signs,
               ranking_distance(ranking(c, *model), exact));
  }
}

}  // namespace
}  // namespace reconcile::bench

int main(int argc, char** argv) {
  const auto number = [&](int i, int64_t otherwise) { return argc > i ? std::stol(argv[i]) : otherwise; };
  reconcile::bench::prepare_process(static_cast<int>(number(4, 2)));
  reconcile::bench::run(number(1, 60), number(2, 3), number(3, 64), number(5, 0));
}
