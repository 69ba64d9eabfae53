#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reconcile/aggregators/aggregator.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/data/image_set.h"
#include "reconcile/train/loop.h"
#include "unit/base/support.h"
#include "unit/models/networks.h"

namespace reconcile {

namespace aggregator_entries {
#define X(name) AggregatorEntry name##_entry();
#include "reconcile/aggregators/catalog.inc"
#undef X
}  // namespace aggregator_entries
namespace scalarizer_entries {
#define X(name) ScalarizerEntry name##_entry();
#include "reconcile/scalarizers/catalog.inc"
#undef X
}  // namespace scalarizer_entries

inline const std::vector<int64_t> kTinyShape{1, 12, 12};

inline TaskSet two_tasks() { return {{"T1", TaskKind::kClassification, 4}, {"T2", TaskKind::kClassification, 4}}; }

/// Images whose labels are the brightest quadrant (T1) and the darkest one (T2).
inline std::shared_ptr<const Dataset> quadrants(int64_t size, uint64_t seed) {
  Rng rng(seed);
  at::Tensor images = at::zeros({size, 1, 12, 12}, at::kByte);
  std::vector<at::Tensor> targets{at::zeros({size}, at::kLong), at::zeros({size}, at::kLong)};
  for (int64_t i = 0; i < size; ++i) {
    const auto order = rng.permutation(4);
    for (int64_t q = 0; q < 4; ++q) {
      const int64_t y = order[q] / 2 * 6;
      const int64_t x = order[q] % 2 * 6;
      images[i][0].slice(0, y, y + 6).slice(1, x, x + 6).fill_(60 * q + rng.below(40));
    }
    targets[0][i] = order[3];
    targets[1][i] = order[0];
  }
  return std::make_shared<ImageSet>(two_tasks(), images, targets);
}

inline std::unique_ptr<MultiTaskModel> tiny_model(uint64_t seed = 1) {
  return build_network({.backbone = "small_cnn",
                        .backbone_options = {{"width", 4}, {"features", 8}},
                        .tasks = two_tasks(),
                        .shape = kTinyShape,
                        .seed = seed});
}

inline AggregatorEntry aggregator_named(const std::string& name) {
#define X(stem) \
  if (name == #stem) return aggregator_entries::stem##_entry();
#include "reconcile/aggregators/catalog.inc"
#undef X
  throw std::out_of_range(name);
}

/// A scalarizer and an aggregator by name, for two tasks.
struct TinyMethod {
  explicit TinyMethod(const std::string& aggregator_name, const std::string& scalarizer_name = "sum") {
    take(aggregator_named(aggregator_name));
#define X(stem) \
  if (scalarizer_name == #stem) take(scalarizer_entries::stem##_entry());
#include "reconcile/scalarizers/catalog.inc"
#undef X
  }
  void take(const AggregatorEntry& entry) {
    aggregator = entry.make(Json::object(), where, [this](const std::string& name) {
      return aggregator_named(name).make(Json::object(), where, nullptr);
    });
  }
  void take(const ScalarizerEntry& entry) { scalarizer = entry.make(Json::object(), where, 2); }
  [[nodiscard]] StepMethod for_step() const { return {*scalarizer, *aggregator}; }

  Where where = [](const std::string& key) { return key; };
  std::unique_ptr<Scalarizer> scalarizer;
  std::unique_ptr<Aggregator> aggregator;
};

/// Stops the run after a number of steps, and keeps what it is told.
struct Stopper : TrainObserver {
  explicit Stopper(int64_t steps = -1) : steps_left(steps) {}
  void on_step(const Progress& /*progress*/) override {
    if (--steps_left == 0) stop = true;
  }
  void on_message(const std::string& text) override {
    messages.push_back(text);
    if (static_cast<int64_t>(messages.size()) == stop_after_messages) stop = true;
  }
  int64_t steps_left;
  int64_t stop_after_messages = -1;
  std::atomic<bool> stop = false;
  std::vector<std::string> messages;
};

/// A training run on `quadrants` in `directory`; the model is the caller's.
inline Json train_tiny(MultiTaskModel& model, const std::string& aggregator, const std::filesystem::path& directory,
                       Stopper& observer, TrainOptions options = {.epochs = 3, .batch_size = 16},
                       const StepOptions& step = {}, const std::string& scalarizer = "sum") {
  const TinyMethod method(aggregator, scalarizer);
  const DataSplits data{quadrants(96, 1), quadrants(32, 2), quadrants(32, 3), {}};
  return train({.model = model,
                .data = data,
                .method = method.for_step(),
                .options = options,
                .step = step,
                .optimizer = {.lr = 0.05},
                .schedule = {},
                .conflict = {.record = step.gradient == "parameters"},
                .rng = Rng(7),
                .directory = directory,
                .header = {{"method", aggregator}},
                .observer = observer,
                .stop = observer.stop});
}

/// The records without the times, which no two runs share.
inline std::string without_times(const std::filesystem::path& log) {
  std::string text;
  for (Json record : read_json_lines(log)) {
    record.erase("seconds");
    record.erase("seconds_per_step");
    record.erase("profile");
    text += record.dump() + "\n";
  }
  return text;
}

inline void expect_same_weights(const MultiTaskModel& a, const MultiTaskModel& b) {
  const auto left = a.state();
  const auto right = b.state();
  for (size_t i = 0; i < left.size(); ++i) EXPECT_TRUE(at::equal(left[i].second, right[i].second)) << left[i].first;
}

/// A fresh folder for one test.
inline std::filesystem::path fresh_folder(const std::string& name) {
  static const test::TemporaryFolder root;
  const auto folder = root / name;
  std::filesystem::remove_all(folder);
  return folder;
}

}  // namespace reconcile
