#include "reconcile/backbones/recompute.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace reconcile {
namespace {

/// A linear layer with a copy for each of three tasks, in a unit that counts the streams it computes.
struct CountedUnit {
  CountedUnit() { fc.split(Partition::separate(3), CopyInit::kFresh, Rng(2)); }
  Streams apply(const std::function<Streams(const Streams&)>& behind) {
    Flow flow{Streams::shared(x, 3)};
    const auto unit = [this, behind](Flow& f) {
      f.x = map(behind(fc(f.x)), [this](const at::Tensor& v) {
        ++computed;
        return v.clone();
      });
    };
    apply_recomputed(unit, flow, {phase, [this](bool frozen) { return std::exchange(is_frozen, frozen); }});
    return flow.x;
  }

  at::Tensor x = at::rand({5, 4});
  Phase phase;
  Linear fc{"fc", 3, Rng(1), 4, 3};
  bool is_frozen = false;
  int64_t computed = 0;
};

TEST(ApplyRecomputed, APassRunsItsOwnStreamsAlone) {
  CountedUnit unit;
  const Streams y = unit.apply([](const Streams& v) { return relu(v); });
  EXPECT_EQ(unit.computed, 3);
  const auto gradient = torch::autograd::grad({y.of_task(1).sum()}, unit.fc.copy(1), {}, /*retain_graph=*/true);
  EXPECT_EQ(unit.computed, 4);
  const at::Tensor active = (at::linear(unit.x, unit.fc.copy(1)[0], unit.fc.copy(1)[1]) > 0).to(at::kFloat);
  EXPECT_TRUE(at::allclose(gradient[0], active.t().matmul(unit.x)));
  EXPECT_FALSE(unit.is_frozen);
}

// Noise is drawn stream by stream: the pass of the last task must find what the first run drew for it.
TEST(ApplyRecomputed, DrawsTheNoiseOfTheFirstRun) {
  CountedUnit unit;
  unit.phase.noise = Rng(9);
  const Streams y = unit.apply([&](const Streams& v) { return dropout(v, 0.5, unit.phase); });
  const uint64_t drawn = unit.phase.noise.counter();
  const auto gradient = torch::autograd::grad({y.of_task(2).sum()}, unit.fc.copy(2), {});
  EXPECT_TRUE(at::allclose(gradient[1], 2.0 * (y.of_task(2) != 0).to(at::kFloat).sum(0)));
  EXPECT_EQ(unit.phase.noise.counter(), drawn);
}

TEST(ApplyRecomputed, AnUntouchedPartOfTheFlowIsPassedOn) {
  Phase phase;
  const at::Tensor x = at::rand({2, 3}).set_requires_grad(true);
  Flow flow{Streams::shared(x * 2, 1), {}, Streams::shared(x * 3, 1)};
  const at::Tensor low = flow.low->of_task(0);
  const auto unit = [](Flow& f) { f.x = map(f.x, [](const at::Tensor& v) { return v * v; }); };
  apply_recomputed(unit, flow, {phase, [](bool frozen) { return frozen; }});
  EXPECT_TRUE(flow.low->of_task(0).is_same(low));
  const auto gradient = torch::autograd::grad({flow.x.of_task(0).sum()}, {x});
  EXPECT_TRUE(at::allclose(gradient[0], 8 * x));
}

TEST(ApplyRecomputed, WithoutGradientsItIsThePlainUnit) {
  CountedUnit unit;
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(unit.apply([](const Streams& v) { return v; }).of_task(0).requires_grad());
}

}  // namespace
}  // namespace reconcile
