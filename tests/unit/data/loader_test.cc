#include "reconcile/data/loader.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/sample_set.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

/// Images that say their number; reading number `bad` fails.
SampleSet counted(int64_t size, int64_t bad = -1) {
  const Column images{size, [](int64_t i) { return at::full({1, 1, 1}, i, at::kFloat); }, [](int64_t) { return ""; }};
  const Column classes{size,
                       [bad](int64_t i) {
                         if (i == bad) fail<DataError>("sample {} is damaged", i);
                         return at::scalar_tensor(0, at::kLong);
                       },
                       [](int64_t) { return ""; }};
  return {{{"a", TaskKind::kClassification, 2}}, {1, 1, 1}, {images}, {classes}, WhenShorter::kRepeat};
}

std::vector<float> values(const Batch& batch) {
  const at::Tensor x = batch.inputs.of_task(0);
  return {x.data_ptr<float>(), x.data_ptr<float>() + x.numel()};
}

TEST(Loader, GivesEveryBatchInOrderWithAnyNumberOfWorkers) {
  const SampleSet data = counted(50);
  for (const int64_t workers : {0, 1, 2, 7, 100}) {
    Loader loader(data, in_order(data, 4), 3, num_batches(data, 4), workers);
    for (int64_t b = 3; b < 13; ++b) {
      const auto read = values(loader.next());
      EXPECT_EQ(read.size(), b == 12 ? 2U : 4U);
      EXPECT_EQ(read.front(), static_cast<float>(4 * b)) << workers;
    }
  }
}

TEST(Loader, ThrowsWhatReadingThrewWhereItsBatchIsDue) {
  const SampleSet data = counted(50, 9);
  for (const int64_t workers : {0, 3}) {
    Loader loader(data, in_order(data, 4), 0, num_batches(data, 4), workers);
    EXPECT_EQ(values(loader.next()).front(), 0);
    EXPECT_EQ(values(loader.next()).front(), 4);
    test::expect_message<DataError>([&] { loader.next(); }, {"sample 9 is damaged"});
  }
}

TEST(Loader, MayBeLeftEarly) {
  const SampleSet data = counted(1000);
  Loader loader(data, in_order(data, 1), 0, 1000, 2);
  EXPECT_EQ(values(loader.next()).front(), 0);
}

TEST(Loader, OfNothingStartsNoThread) {
  const SampleSet data = counted(0);
  EXPECT_EQ(num_batches(data, 4), 0);
  const Loader loader(data, in_order(data, 4), 0, 0, 2);
}

}  // namespace
}  // namespace reconcile
