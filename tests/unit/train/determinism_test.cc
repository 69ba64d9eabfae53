// What docs/guide/determinism.md promises.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "reconcile/data/transform.h"
#include "unit/kernels/bfloat16.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

/// What may not change any number, and what may change the last bits.
struct Conditions {
  int threads = 1;
  int64_t workers = 1;
  std::string layout = "position";
  std::string precision = "float32";
  int64_t batch_size = 16;
  int64_t epochs = 3;
};

/// A network trained on augmented samples.
std::unique_ptr<MultiTaskModel> trained(const std::string& method, const Conditions& setting, const fs::path& folder) {
  const int before = at::get_num_threads();
  at::set_num_threads(setting.threads);
  auto model = tiny_model();
  const TinyMethod chosen(method);
  TransformOptions transform;
  transform.zoom = {1, 1.3, 1.6};
  transform.flip = true;
  const DataSplits data{transformed(quadrants(96, 1), transform, true), quadrants(32, 2), quadrants(32, 3), {}};
  TrainOptions options;
  options.epochs = setting.epochs;
  options.batch_size = setting.batch_size;
  options.workers = setting.workers;
  options.layout = setting.layout;
  options.precision = setting.precision;
  Stopper never;
  train({.model = *model,
         .data = data,
         .method = chosen.for_step(),
         .options = options,
         .step = {},
         .optimizer = {.lr = 0.01},
         .schedule = {},
         .conflict = {},
         .rng = Rng(7),
         .directory = folder,
         .header = Json::object(),
         .observer = never,
         .stop = never.stop});
  at::set_num_threads(before);
  return model;
}

/// |a - b| / |a| over all parameters and running statistics.
double distance(const MultiTaskModel& a, const MultiTaskModel& b) {
  double difference = 0;
  double size = 0;
  const auto left = a.state();
  const auto right = b.state();
  for (size_t i = 0; i < left.size(); ++i) {
    difference += (left[i].second - right[i].second).to(at::kDouble).square().sum().item<double>();
    size += left[i].second.to(at::kDouble).square().sum().item<double>();
  }
  return std::sqrt(difference / size);
}

TEST(Determinism, OneSeedGivesTheSameBits) {
  for (const std::string method : {"sum", "graddrop", "nashmtl"}) {
    for (const Conditions& setting :
         {Conditions{}, Conditions{.threads = 2}, Conditions{.threads = 2, .layout = "nchw"},
          Conditions{.precision = "bfloat16"}}) {
      if (setting.precision == "bfloat16" && !test::has_bfloat16()) continue;
      SCOPED_TRACE(fmt::format("{}, {} threads, {}, {}", method, setting.threads, setting.layout, setting.precision));
      const fs::path one = fresh_folder("one");
      const fs::path two = fresh_folder("two");
      expect_same_weights(*trained(method, setting, one), *trained(method, setting, two));
      EXPECT_EQ(without_times(one / "run.jsonl"), without_times(two / "run.jsonl"));
    }
  }
}

TEST(Determinism, ReadingAheadChangesNoBit) {
  const fs::path one = fresh_folder("one");
  const auto expected = trained("graddrop", {.workers = 0}, one);
  for (const int64_t workers : {1, 3}) {
    const fs::path two = fresh_folder("two");
    expect_same_weights(*expected, *trained("graddrop", {.workers = workers}, two));
    EXPECT_EQ(without_times(one / "run.jsonl"), without_times(two / "run.jsonl"));
  }
}

/// Sums of float32 in another order differ by a few of 6e-8 relative. One step moves the weights by less than their
/// size, so they differ by no more. Later steps stretch that without a bound (docs/guide/determinism.md).
TEST(Determinism, OtherThreadsChangeTheLastDigitsOfAStepAtMost) {
  for (const std::string layout : {"position", "nchw"}) {
    const auto one =
        trained("sum", {.threads = 1, .layout = layout, .batch_size = 96, .epochs = 1}, fresh_folder("one"));
    for (const int threads : {2, 3}) {
      const auto other =
          trained("sum", {.threads = threads, .layout = layout, .batch_size = 96, .epochs = 1}, fresh_folder("two"));
      EXPECT_LT(distance(*one, *other), 1e-6) << layout << ", " << threads << " threads";
    }
  }
}

}  // namespace
}  // namespace reconcile
