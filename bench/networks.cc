// Forward and backward time of one backbone: prints the median seconds of a pass over a batch. bench/networks.py runs
// it in turns with the same network in PyTorch. usage: bench_networks BACKBONE BATCH HEIGHT WIDTH STEPS THREADS

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>

#include "reconcile/catalog/experiment.h"

namespace reconcile {
namespace {

double seconds_of_pass(MultiTaskModel& model, const at::Tensor& x) {
  const auto begin = std::chrono::steady_clock::now();
  const at::Tensor loss = model.represent(Streams::shared(x, 1)).features[0].of_task(0).square().mean();
  torch::autograd::grad({loss}, model.shared_parameters());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void run(const std::string& backbone, const std::vector<int64_t>& shape, int64_t steps) {
  Experiment experiment;
  experiment.backbone = Spec::parse(backbone);
  experiment.architecture = {"hps"};
  const DataSignature data{{{"T", TaskKind::kClassification, 2}}, {shape[1], shape[2], shape[3]}};
  const auto model = make_model(experiment, data, 1);
  const at::Tensor x = at::rand(shape);
  std::vector<double> seconds;
  for (int64_t i = 0; i <= steps; ++i) seconds.push_back(seconds_of_pass(*model, x));
  seconds.erase(seconds.begin());  // the first pass fills caches
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2), seconds.end());
  fmt::print("{}\n", seconds[seconds.size() / 2]);
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) {
  if (argc != 7) {
    fmt::print(stderr, "usage: bench_networks BACKBONE BATCH HEIGHT WIDTH STEPS THREADS\n");
    return 2;
  }
  at::set_num_threads(std::atoi(argv[6]));
  reconcile::run(argv[1], {std::atoi(argv[2]), 3, std::atoi(argv[3]), std::atoi(argv[4])}, std::atoi(argv[5]));
  return 0;
}
