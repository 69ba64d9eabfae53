// What a method that looks at the Gramian alone takes from the heap: its report and a few vectors, however many tasks.

#include <gtest/gtest.h>

#include "contract/aggregator_laws.h"
#include "reconcile/linalg/unit_rows.h"
#include "unit/linalg/count_allocations.h"
#include "unit/linalg/random_rows.h"

namespace reconcile::aggregator_contract {
namespace {

TEST(Allocations, OfAMethodDoNotGrowWithTheTasks) {
  if (!kCountsAllocations) GTEST_SKIP();
  int64_t methods = 0;
  for (const auto& entry : aggregators()) {
    const auto aggregator = make(entry);
    auto* method = dynamic_cast<GramianAggregator*>(aggregator.get());
    if (method == nullptr || entry.is_random) continue;
    ++methods;
    for (const int T : {2, 3, 11, 40}) {
      const Eigen::MatrixXd gramian = gramian_of(random_rows(T, 60, 1));
      Rng rng(1);
      const auto solve = [&] { method->weigh(gramian, gramian_noise(T), rng); };
      solve();
      EXPECT_LE(count_allocations(solve), 12) << entry.info.name << ", " << T << " tasks";
    }
  }
  EXPECT_GE(methods, 10);
}

}  // namespace
}  // namespace reconcile::aggregator_contract
