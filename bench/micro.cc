// Small pieces on synthetic rows of ResNet-18's size: the fused passes against the loops they replace, and the T x T
// solves. Each benchmark checks its answer first. Ratios: compare the rows of one size in one run.

#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include "convolutions.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/core/layer_gramians.h"
#include "reconcile/linalg/gramian.h"
#include "reconcile/linalg/unit_rows.h"
#include "reconcile/train/finite_guard.h"
#include "reconcile/train/gradient_sums.h"
#include "variant.h"
#include "worker.h"

namespace reconcile {
namespace {

/// 60 layers whose sizes grow as in a ResNet, P = 11.1 million in all.
ParamLayout layout() {
  ParamLayout result;
  for (int64_t i = 0; i < 60; ++i) {
    result.add_layer("layer" + std::to_string(i));
    result.add_parameter("weight", 128 + 355 * i * i * i / 100);
  }
  return result;
}

at::Tensor rows(int64_t num_tasks) { return at::randn({num_tasks, layout().size()}); }

/// Floating-point operations of one iteration.
void count_flop(benchmark::State& state, double flop) {
  state.counters["flop"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
}

at::Tensor naive_gramians(const at::Tensor& rows, const ParamLayout& layout) {
  std::vector<at::Tensor> gramians;
  for (const auto& layer : layout.layers()) {
    const at::Tensor block = rows.slice(1, layer.begin, layer.end);
    gramians.push_back(block.mm(block.t()));
  }
  return at::stack(gramians);
}

void fused_layer_gramians(benchmark::State& state) {
  const ParamLayout l = layout();
  const at::Tensor r = rows(state.range(0));
  if (!at::allclose(compute_layer_gramians(r, l).to(at::kFloat), naive_gramians(r, l), 1e-3, 1.0))
    state.SkipWithError("wrong");
  for (auto _ : state) benchmark::DoNotOptimize(compute_layer_gramians(r, l));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(r.nbytes()));
}
BENCHMARK(fused_layer_gramians)->Arg(2)->Arg(3)->Arg(10)->UseRealTime()->Unit(benchmark::kMillisecond);

void naive_layer_gramians(benchmark::State& state) {
  const ParamLayout l = layout();
  const at::Tensor r = rows(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(naive_gramians(r, l));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(r.nbytes()));
}
BENCHMARK(naive_layer_gramians)->Arg(2)->Arg(3)->Arg(10)->UseRealTime()->Unit(benchmark::kMillisecond);

void fused_combine(benchmark::State& state) {
  const at::Tensor r = rows(state.range(0));
  const std::vector<double> weights(static_cast<size_t>(state.range(0)), 0.5);
  at::Tensor out = at::zeros({r.size(1)});
  combine_rows(r, weights, out);
  if (!at::allclose(out, r.sum(0) * 0.5, 1e-4, 1e-4)) state.SkipWithError("wrong");
  for (auto _ : state) combine_rows(r, weights, out);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(r.nbytes() + out.nbytes()));
}
BENCHMARK(fused_combine)->Arg(2)->Arg(3)->Arg(10)->UseRealTime()->Unit(benchmark::kMillisecond);

void matrix_vector_combine(benchmark::State& state) {
  const at::Tensor r = rows(state.range(0));
  const at::Tensor weights = at::full({state.range(0)}, 0.5);
  for (auto _ : state) benchmark::DoNotOptimize(at::mv(r.t(), weights));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(r.nbytes() + r.nbytes() / state.range(0)));
}
BENCHMARK(matrix_vector_combine)->Arg(2)->Arg(3)->Arg(10)->UseRealTime()->Unit(benchmark::kMillisecond);

/// What the machine reaches: a sum over 256 MB, a product of float32 matrices of side 2048.
void peak_read(benchmark::State& state) {
  const at::Tensor numbers = at::ones({64 << 20});
  for (auto _ : state) benchmark::DoNotOptimize(numbers.sum());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(numbers.nbytes()));
}
BENCHMARK(peak_read)->UseRealTime()->Unit(benchmark::kMillisecond);

void peak_sgemm(benchmark::State& state) {
  constexpr int64_t kSide = 2048;
  const at::Tensor a = at::rand({kSide, kSide});
  at::Tensor product = at::empty({kSide, kSide});
  for (auto _ : state) at::mm_out(product, a, a);
  count_flop(state, 2.0 * kSide * kSide * kSide);
}
BENCHMARK(peak_sgemm)->UseRealTime()->Unit(benchmark::kMillisecond);

/// What the records of a step's task gradients cost where the Gramians of 60 layers are there already.
void gradient_records(benchmark::State& state) {
  ParamLayout small;
  for (int64_t i = 0; i < 60; ++i) {
    small.add_layer("layer" + std::to_string(i));
    small.add_parameter("weight", 8);
  }
  const TaskGradients gradients(small, at::randn({state.range(0), small.size()}));
  const std::vector<double> weights(static_cast<size_t>(state.range(0)), 1.0);
  GradientSums sums;
  sums.add(to_matrix(gradients.gramian()), weights);
  for (auto _ : state) sums.add(to_matrix(gradients.gramian()), weights);
}
BENCHMARK(gradient_records)->Arg(2)->Arg(3)->Arg(10)->Arg(40)->Unit(benchmark::kMicrosecond);

/// What `train.nonfinite = "skip"` adds to every step: a copy of the running statistics.
void finite_guard(benchmark::State& state, const std::string& name) {
  const auto model = bench::make_network(bench::find_case(name, 2), "", {});
  FiniteGuard guard({.nonfinite = "skip"}, *model, "");
  for (auto _ : state) {
    guard.before_step();
    guard.after_step();
  }
}
BENCHMARK_CAPTURE(finite_guard, resnet18, "resnet18")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(finite_guard, segnet, "segnet")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(finite_guard, mobilenet, "mobilenet")->Unit(benchmark::kMicrosecond);

/// The T x T solve alone, Gramian given, for one aggregator.
void solve(benchmark::State& state, const std::string& name) {
  const auto method = make_aggregator(name);
  auto& by_gramian = dynamic_cast<GramianAggregator&>(*method);
  const Eigen::MatrixXd j = Eigen::MatrixXd::Random(state.range(0), 200);
  const Eigen::MatrixXd gramian = j * j.transpose();
  Rng rng(1);
  const Aggregation result = by_gramian.weigh(gramian, gramian_noise(gramian.rows()), rng);
  const auto residual = result.diagnostics.find("residual");
  if (residual != result.diagnostics.end() && !(residual->second <= 1e-13)) state.SkipWithError("wrong");
  for (auto _ : state) benchmark::DoNotOptimize(by_gramian.weigh(gramian, gramian_noise(gramian.rows()), rng));
}

/// `solve` for every aggregator of the catalogue that is a function of the Gramian.
void register_solves() {
  for (const auto& entry : aggregators()) {
    const std::string& name = entry.info.name;
    if (dynamic_cast<GramianAggregator*>(make_aggregator(name).get()) == nullptr) continue;
    benchmark::RegisterBenchmark(("solve/" + name).c_str(), [name](benchmark::State& state) { solve(state, name); })
        ->Arg(2)
        ->Arg(3)
        ->Arg(11)
        ->Arg(40)
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) {
  reconcile::bench::prepare_process(2);
  benchmark::Initialize(&argc, argv);
  reconcile::register_solves();
  reconcile::bench::register_convolutions();
  benchmark::RunSpecifiedBenchmarks();
}
