#include "reconcile/train/checkpoint.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

const auto kSilent = [](const std::string& /*text*/) {};

Checkpoint sample(int64_t step) {
  return {step,
          {{"epoch", step}},
          {{"w", at::full({3}, static_cast<double>(step))}},
          {{"steps", at::ones({1}, at::kLong)}},
          {}};
}

TEST(Checkpoint, NewestComesBackAndTwoAreKept) {
  const fs::path folder = fresh_folder("checkpoints");
  for (const int64_t step : {1, 2, 3}) save_checkpoint(folder, sample(step));
  const auto loaded = load_checkpoint(folder, kSilent);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->step, 3);
  EXPECT_EQ(loaded->state.at("epoch"), 3);
  EXPECT_TRUE(at::equal(loaded->model.front().second, at::full({3}, 3.0)));
  EXPECT_FALSE(fs::exists(folder / "step-00000001"));
  EXPECT_TRUE(fs::exists(folder / "step-00000002"));
}

TEST(Checkpoint, NoneIsNoError) { EXPECT_FALSE(load_checkpoint(fresh_folder("none"), kSilent)); }

TEST(Checkpoint, AHalfWrittenOneIsNotSeen) {
  const fs::path folder = fresh_folder("half");
  save_checkpoint(folder, sample(1));
  fs::create_directories(folder / "step-00000002.partial");
  EXPECT_EQ(load_checkpoint(folder, kSilent)->step, 1);
}

TEST(Checkpoint, EveryKindOfDamageIsFound) {
  for (const char* file : {"manifest.json", "model.safetensors", "optimizer.safetensors", "method.safetensors"}) {
    for (const bool remove : {true, false}) {
      const fs::path folder = fresh_folder("all_damaged");
      save_checkpoint(folder, sample(1));
      const fs::path path = folder / "step-00000001" / file;
      remove ? static_cast<void>(fs::remove(path)) : write_atomically(path, read_file(path).substr(1));
      EXPECT_THROW(load_checkpoint(folder, kSilent), DataError) << file;
    }
  }
}

TEST(Checkpoint, OneOfTheSameStepIsReplaced) {
  const fs::path folder = fresh_folder("replaced");
  fs::create_directories(folder / "step-00000002");
  save_checkpoint(folder, sample(2));
  EXPECT_EQ(load_checkpoint(folder, kSilent)->step, 2);
}

TEST(Checkpoint, WhatCannotBeReplacedIsNamed) {
  const fs::path folder = fresh_folder("loop");
  fs::create_directories(folder);
  fs::create_symlink("step-00000001", folder / "step-00000001");
  test::expect_message<WriteError>([&] { save_checkpoint(folder, sample(1)); },
                                   "step-00000001: cannot remove or rename it: Too many levels of symbolic links. Make "
                                   "the folder writable and go on with --resume.");
  EXPECT_FALSE(fs::exists(folder / "step-00000001.partial"));
}

}  // namespace
}  // namespace reconcile
