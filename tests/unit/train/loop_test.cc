#include "reconcile/train/loop.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

/// The records without the times, which no two runs share.
std::string without_times(const fs::path& log) {
  std::string text;
  for (Json record : read_json_lines(log)) {
    record.erase("seconds");
    record.erase("seconds_per_step");
    record.erase("profile");
    text += record.dump() + "\n";
  }
  return text;
}

void expect_same_weights(const MultiTaskModel& a, const MultiTaskModel& b) {
  const auto left = a.state();
  const auto right = b.state();
  for (size_t i = 0; i < left.size(); ++i) EXPECT_TRUE(at::equal(left[i].second, right[i].second)) << left[i].first;
}

/// One way of training.
struct Way {
  std::string aggregator = "sum";
  std::string scalarizer = "sum";
  StepOptions step = {};
  std::string layout = "position";
  std::string precision = "float32";
};

Json train_way(MultiTaskModel& model, const Way& way, const fs::path& directory, Stopper& observer) {
  return train_tiny(model, way.aggregator, directory, observer,
                    {.epochs = 3, .batch_size = 16, .layout = way.layout, .precision = way.precision}, way.step,
                    way.scalarizer);
}

/// Every method of the catalogues, every option of a step, every layout and precision.
std::vector<Way> all_ways() {
  std::vector<Way> ways{{.step = {.accumulate = 2}},
                        {.aggregator = "cagrad", .step = {.update_every = 3}},
                        {.aggregator = "mgda", .step = {.gradient = "representation"}},
                        {.aggregator = "cagrad", .step = {.head_gradient = "weighted", .clip_norm = 0.5}},
                        {.step = {.recompute = true}},
                        {.layout = "nchw"},
                        {.precision = "bfloat16"},
                        {.aggregator = "cagrad", .precision = "bfloat16x3"}};
#define X(stem) ways.push_back({.aggregator = #stem});
#include "reconcile/aggregators/catalog.inc"
#undef X
#define X(stem) ways.push_back({.scalarizer = #stem});
#include "reconcile/scalarizers/catalog.inc"
#undef X
  return ways;
}

class EveryWay : public testing::TestWithParam<Way> {};

TEST_P(EveryWay, AStoppedRunContinuesBitForBit) {
  auto straight = tiny_model();
  Stopper never;
  const fs::path one = fresh_folder("straight");
  const Json expected = train_way(*straight, GetParam(), one, never);
  const fs::path two = fresh_folder("stopped");
  for (const int64_t stop_after : {1, 2}) {  // in the middle of epochs
    auto model = tiny_model();
    Stopper stopper(stop_after);
    EXPECT_TRUE(train_way(*model, GetParam(), two, stopper).is_null());
  }
  auto resumed = tiny_model(99);  // its own initial values must not matter
  Stopper watcher;
  const Json actual = train_way(*resumed, GetParam(), two, watcher);
  expect_same_weights(*straight, *resumed);
  EXPECT_EQ(expected.at("last"), actual.at("last"));
  EXPECT_EQ(expected.at("best"), actual.at("best"));
  EXPECT_EQ(without_times(one / "run.jsonl"), without_times(two / "run.jsonl"));
  EXPECT_TRUE(watcher.messages.back().starts_with("resuming at epoch ")) << watcher.messages.front();
}

INSTANTIATE_TEST_SUITE_P(All, EveryWay, testing::ValuesIn(all_ways()), [](const auto& info) {
  return std::to_string(info.index) + "_" + info.param.aggregator + "_" + info.param.scalarizer;
});

TEST(Train, PartsMustDivideTheBatch) {
  auto model = tiny_model();
  Stopper never;
  try {
    train_tiny(*model, "sum", fresh_folder("parts"), never, {.epochs = 1, .batch_size = 16}, {.accumulate = 3});
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "step.accumulate = 3, must divide train.batch_size = 16.");
  }
}

TEST(Train, RecordsTheTrueTaskWeights) {
  auto model = tiny_model();
  Stopper never;
  const fs::path folder = fresh_folder("weights");
  train_tiny(*model, "mgda", folder, never);
  for (const Json& record : read_json_lines(folder / "run.jsonl")) {
    if (record.at("type") != "epoch") continue;
    double sum = 0;
    for (const auto& [task, values] : record.at("train").items()) sum += values.at("weight").get<double>();
    EXPECT_NEAR(sum, 2.0, 1e-9);  // simplex weights, brought to the convention of the sum
  }
}

TEST(Train, LearnsTheQuadrants) {
  auto model = tiny_model();
  Stopper never;
  const Json result = train_tiny(*model, "sum", fresh_folder("learns"), never, {.epochs = 25, .batch_size = 16});
  EXPECT_GT(result.at("last").at("T1").at("accuracy").get<double>(), 0.8);
  EXPECT_GT(result.at("last").at("T2").at("accuracy").get<double>(), 0.8);
}

TEST(Train, AFinishedRunIsReadBackAndNotRepeated) {
  auto model = tiny_model();
  Stopper never;
  const fs::path folder = fresh_folder("finished");
  const Json first = train_tiny(*model, "sum", folder, never);
  auto other = tiny_model(5);
  Stopper counter(1);
  EXPECT_EQ(train_tiny(*other, "sum", folder, counter), first);
  EXPECT_FALSE(counter.stop);
  expect_same_weights(*model, *other);
}

TEST(Train, ABatchLargerThanTheSetIsRefused) {
  auto model = tiny_model();
  Stopper never;
  try {
    train_tiny(*model, "sum", fresh_folder("large"), never, {.epochs = 1, .batch_size = 97});
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "train.batch_size = 97: a step takes 97 samples, the training set has only 96.");
  }
}

TEST(Train, ADamagedCheckpointFallsBackAndSaysSo) {
  const fs::path folder = fresh_folder("damaged");
  auto model = tiny_model();
  Stopper stopper(14);  // checkpoints after epoch 1 and 2 (pruned to two) and at step 14
  train_tiny(*model, "sum", folder, stopper);
  const fs::path newest = folder / "checkpoints" / "step-00000014" / "model.safetensors";
  std::string bytes = read_file(newest);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_atomically(newest, bytes);
  auto again = tiny_model();
  Stopper watcher;
  train_tiny(*again, "sum", folder, watcher);
  EXPECT_NE(watcher.messages.at(0).find("the file was damaged"), std::string::npos);
  EXPECT_EQ(watcher.messages.back(), "resuming at epoch 3, step 0 of 6");
  auto straight = tiny_model();
  Stopper never;
  train_tiny(*straight, "sum", fresh_folder("undamaged"), never);
  expect_same_weights(*straight, *again);
}

TEST(Train, ACheckpointOfAnotherNetworkIsRefused) {
  const fs::path folder = fresh_folder("other_network");
  auto model = tiny_model();
  Stopper stopper(7);
  train_tiny(*model, "sum", folder, stopper);
  auto split = tiny_model();
  split->layer("block1.bn")->split(Partition::separate(2), CopyInit::kEqual, Rng(0));
  Stopper never;
  EXPECT_THROW(train_tiny(*split, "sum", folder, never), StateError);
}

}  // namespace
}  // namespace reconcile
