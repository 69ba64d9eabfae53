#include "reconcile/train/loop.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

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
  fs::create_directories(folder / "checkpoints/step-00000001");  // it was killed while it removed them
  auto other = tiny_model(5);
  Stopper counter(1);
  EXPECT_EQ(train_tiny(*other, "sum", folder, counter), first);
  EXPECT_FALSE(counter.stop);
  EXPECT_FALSE(fs::exists(folder / "checkpoints"));
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
  const fs::path newest = folder / "checkpoints" / "step-00000014-between" / "model.safetensors";
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
