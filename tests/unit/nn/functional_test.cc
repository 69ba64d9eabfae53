#include "reconcile/nn/functional.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace reconcile {
namespace {

TEST(Functional, MixTakesNumbersOrOneMixtureASample) {
  const at::Tensor a = at::rand({2, 3, 4, 4});
  const at::Tensor b = at::rand({2, 3, 4, 4});
  const std::vector<Streams> columns{Streams::shared(a, 2), Streams(Partition::separate(2), {a, b})};
  const Streams numbers = mix(Streams::shared(at::tensor({0.25, 2.0}, at::kFloat), 2), columns);
  EXPECT_EQ(numbers.partition(), Partition::separate(2));
  EXPECT_TRUE(at::allclose(numbers.of_task(1), 0.25 * a + 2.0 * b));
  const at::Tensor gates = at::tensor({1.0, 0.0, 0.5, 0.5}, at::kFloat).view({2, 2});
  const Streams samples = mix(Streams::shared(gates, 2), columns);
  EXPECT_TRUE(at::allclose(samples.of_task(1)[0], a[0]));
  EXPECT_TRUE(at::allclose(samples.of_task(1)[1], 0.5 * a[1] + 0.5 * b[1]));
}

TEST(Functional, UnpoolingPutsMaximaBackWhereTheyStood) {
  const Streams x = Streams::shared(at::rand({1, 2, 6, 4}), 2);
  const Pooled pooled = max_pool_with_places(x);
  const at::Tensor back = max_unpool(pooled.values, pooled).of_task(0);
  EXPECT_EQ(back.sizes(), x.of_task(0).sizes());
  EXPECT_TRUE(at::equal(back.masked_select(back > 0), x.of_task(0).masked_select(back > 0)));
  EXPECT_EQ((back > 0).sum().item<int64_t>(), 2 * 3 * 2);
}

TEST(Functional, UnpoolingRepeatsSharedPlacesForForkedValues) {
  const Streams x = Streams::shared(at::rand({1, 1, 4, 4}), 2);
  const Pooled pooled = max_pool_with_places(x);
  const Streams forked(Partition::separate(2), {pooled.values.of_task(0), 2 * pooled.values.of_task(0)});
  const Streams back = max_unpool(forked, pooled);
  EXPECT_TRUE(at::allclose(back.of_task(1), 2 * back.of_task(0)));
}

TEST(Functional, DropoutKeepsTheMeanWhileTrainingAndNothingElse) {
  Phase phase;
  phase.noise = Rng(1);
  const at::Tensor x = at::ones({100, 100});
  const at::Tensor y = dropout(x, 0.25, phase);
  EXPECT_NEAR(y.mean().item<double>(), 1.0, 0.03);
  EXPECT_NEAR(y.eq(0).to(at::kFloat).mean().item<double>(), 0.25, 0.02);
  EXPECT_FALSE(at::equal(y, dropout(x, 0.25, phase)));
  phase.noise = Rng(1);
  EXPECT_TRUE(at::equal(y, dropout(x, 0.25, phase)));
  phase.training = false;
  EXPECT_TRUE(at::equal(dropout(x, 0.25, phase), x));
}

}  // namespace
}  // namespace reconcile
