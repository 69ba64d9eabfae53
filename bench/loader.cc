// Samples per second of our loader, shuffled, whole passes for at least SECONDS after one that does not count.
// bench/loader.py runs it in turns with PyTorch's DataLoader on the same data.
// usage: bench_loader digits|rooms FOLDER BATCH WORKERS SECONDS

#include "reconcile/data/loader.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <climits>

#include "reconcile/data/image_set.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry nyuv2_entry();
}
namespace {

std::shared_ptr<const Dataset> digits() {
  const int64_t count = 60000;
  return std::make_shared<ImageSet>(TaskSet{{"digit", TaskKind::kClassification, 10}},
                                    at::randint(0, 256, {count, 1, 28, 28}, at::kFloat).to(at::kByte),
                                    std::vector<at::Tensor>{at::randint(0, 10, {count}, at::kLong)});
}

std::shared_ptr<const Dataset> rooms(const std::string& folder) {
  return dataset_entries::nyuv2_entry().make({{"root", folder}}, [](const std::string& key) { return key; }).train;
}

/// One pass; the samples that were read.
int64_t read_all(const Dataset& data, int64_t batch_size, int64_t workers, uint64_t pass) {
  const auto order = Rng(1).fork(pass).permutation(data.size());
  const auto plan = [&](int64_t number) {
    const int64_t begin = number * batch_size;
    const int64_t end = std::min(begin + batch_size, data.size());
    return BatchPlan{{order.begin() + begin, order.begin() + end}};
  };
  const int64_t batches = num_batches(data, batch_size);
  Loader loader(data, plan, 0, batches, workers);
  int64_t samples = 0;
  for (int64_t b = 0; b < batches; ++b) samples += loader.next().targets[0].size(0);
  return samples;
}

double rate(const Dataset& data, int64_t batch_size, int64_t workers, double seconds) {
  using Clock = std::chrono::steady_clock;
  read_all(data, batch_size, workers, 0);
  const auto begin = Clock::now();
  int64_t samples = 0;
  for (uint64_t pass = 1;; ++pass) {
    samples += read_all(data, batch_size, workers, pass);
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    if (took > seconds) return static_cast<double>(samples) / took;
  }
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: bench_loader digits|rooms FOLDER BATCH WORKERS SECONDS\n");
    return 2;
  }
  mallopt(M_MMAP_MAX, 0);  // as the program does
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
  const auto data = std::string(argv[1]) == "digits" ? reconcile::digits() : reconcile::rooms(argv[2]);
  fmt::print("{}\n", reconcile::rate(*data, std::atoi(argv[3]), std::atoi(argv[4]), std::atof(argv[5])));
  return 0;
}
