// What aggregation costs on its own, rows given: every aggregator of the catalogue for T = 2, 3, 11, 40 tasks and
// P = 1e5, 1e6, 1.1e7 parameters, in milliseconds; and the share of the machine's memory bandwidth that the passes over
// the rows reach. The bandwidth is the faster of a plain sum and a plain copy of the same rows in the same run.
// usage: bench_aggregate [largest P, default 11000000] [threads, default 2]

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

constexpr int64_t kTasks[] = {2, 3, 11, 40};

/// Median seconds of at least three calls and a fifth of a second.
template <class F>
double seconds(const F& call) {
  std::vector<double> times;
  double total = 0;
  call();
  while (times.size() < 3 || (total < 0.2 && times.size() < 200)) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    total += times.back();
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

TaskGradients gradients_of(const at::Tensor& rows) {
  ParamLayout layout;
  for (int64_t i = 0; i < 20; ++i) {
    layout.add_layer(fmt::format("layer{}", i));
    layout.add_parameter("weight", rows.size(1) * (i + 1) / 20 - rows.size(1) * i / 20);
  }
  TaskGradients gradients(std::move(layout), rows);
  gradients.losses.assign(static_cast<size_t>(rows.size(0)), 1.0);
  return gradients;
}

void print_passes(const at::Tensor& rows) {
  const auto bytes = static_cast<double>(rows.nbytes());
  TaskGradients gradients = gradients_of(rows);
  at::Tensor copy = at::empty_like(rows);
  at::Tensor out = at::empty({rows.size(1)}, rows.options());
  const std::vector<double> weights(static_cast<size_t>(rows.size(0)), 0.5);
  const double bandwidth =
      std::max(bytes / seconds([&] { rows.sum(); }), 2 * bytes / seconds([&] { copy.copy_(rows); }));
  const double gramian = bytes / seconds([&] {
                           gradients.changed();
                           (void)gradients.gramian();
                         });
  const double combine =
      (bytes + static_cast<double>(out.nbytes())) / seconds([&] { gradients.combine(weights, out); });
  fmt::print("{:>9} {:>4} {:>12.1f} {:>10.1f} {:>5.2f} {:>10.1f} {:>5.2f}\n", rows.size(1), rows.size(0),
             bandwidth / 1e9, gramian / 1e9, gramian / bandwidth, combine / 1e9, combine / bandwidth);
}

double aggregation(const AggregatorEntry& entry, const at::Tensor& rows) {
  const auto aggregator = make_aggregator(entry.info.name);
  TaskGradients gradients = gradients_of(rows);
  gradients.independent.assign(static_cast<size_t>(aggregator->batches_per_step() - 1), rows);
  at::Tensor direction = at::empty({rows.size(1)}, rows.options());
  Rng rng(1);
  return seconds([&] {
    gradients.changed();
    (*aggregator)(gradients, rng, direction);
  });
}

void run(int64_t largest) {
  std::vector<at::Tensor> all;
  fmt::print("{:>9} {:>4} {:>12} {:>10} {:>5} {:>10} {:>5}\n", "P", "T", "memory GB/s", "Gramian", "share", "combine",
             "share");
  for (const int64_t P : {int64_t{100'000}, int64_t{1'000'000}, int64_t{11'000'000}}) {
    for (const int64_t T : kTasks) {
      if (P > largest) continue;
      all.push_back(at::randn({T, P}));
      print_passes(all.back());
    }
  }
  fmt::print("\nmilliseconds, rows given\n{:<16}", "P");
  for (const auto& rows : all) fmt::print("{:>9}", rows.size(1));
  fmt::print("\n{:<16}", "T");
  for (const auto& rows : all) fmt::print("{:>9}", rows.size(0));
  fmt::print("\n");
  for (const auto& entry : aggregators()) {
    fmt::print("{:<16}", entry.info.name);
    for (const auto& rows : all) fmt::print("{:>9.3f}", 1e3 * aggregation(entry, rows));
    fmt::print("\n");
  }
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) {
  at::set_num_threads(argc > 2 ? std::stoi(argv[2]) : 2);
  reconcile::run(argc > 1 ? std::stol(argv[1]) : 11'000'000);
}
