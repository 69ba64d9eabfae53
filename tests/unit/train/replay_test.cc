#include "reconcile/train/replay.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

Batch batch_of(int64_t samples, double value) {
  return {Streams::shared(at::full({samples, 2}, value), 1), {at::full({samples}, value)}};
}

TEST(RepeatedPasses, AReplaySeesTheNewBatchInTheRecordedMemory) {
  RepeatedPasses repeated;
  std::vector<const void*> places;
  const auto passes = [&](const Batch& batch) {
    places.push_back(batch.targets.front().data_ptr());
    return std::vector<at::Tensor>{batch.inputs.of_task(0).sum() + batch.targets.front().sum()};
  };
  for (int step = 1; step <= 6; ++step) {
    EXPECT_EQ(repeated(batch_of(4, step), passes).front().item<double>(), 12.0 * step);
  }
  ASSERT_EQ(places.size(), 6u);
  EXPECT_EQ(places[3], places[4]);
  EXPECT_EQ(places[3], places[5]);
}

TEST(RepeatedPasses, RefusesAnotherSizeThanThatOfTheRecording) {
  RepeatedPasses repeated;
  const auto passes = [](const Batch& batch) { return std::vector<at::Tensor>{batch.targets.front().sum()}; };
  for (int step = 0; step < 5; ++step) repeated(batch_of(4, 1.0), passes);
  test::expect_message<StateError>([&] { repeated(batch_of(3, 1.0), passes); },
                                   "step.capture: a batch with a tensor of 3 x 2 came after one of 4 x 2",
                                   "Set step.capture = false");
}

}  // namespace
}  // namespace reconcile
