#include "reconcile/train/network_probe.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

class NetworkProbeTest : public testing::Test {
 protected:
  NetworkProbeTest() {
    std::vector<int64_t> samples(16);
    for (int64_t i = 0; i < 16; ++i) samples[static_cast<size_t>(i)] = i;
    batch_.push_back(quadrants(32, 1)->batch(samples));
    for (const auto& layer : model_->layers()) append(layer->copy(0));
    for (int64_t t = 0; t < 2; ++t) append(model_->own_layers(t)[0]->copy(0));
  }
  void append(const Layer::Copy& copy) {
    for (const auto& parameter : copy) {
      parameters_.push_back(parameter);
      size_ += parameter.numel();
    }
  }

  std::unique_ptr<MultiTaskModel> model_ = tiny_model();
  std::vector<Batch> batch_;
  std::vector<at::Tensor> parameters_;
  int64_t size_ = 0;
};

TEST_F(NetworkProbeTest, PutsEverythingBackBitForBit) {
  NamedTensors before = model_->state();
  for (auto& [name, tensor] : before) tensor = tensor.detach().clone();
  {
    NetworkProbe probe(*model_, parameters_, batch_);
    probe.rows(0, at::full({size_}, 0.3));
    probe.losses(0, at::full({size_}, -0.7));
  }
  const NamedTensors after = model_->state();  // running statistics too
  for (size_t i = 0; i < after.size(); ++i) EXPECT_TRUE(after[i].second.equal(before[i].second)) << after[i].first;
}

TEST_F(NetworkProbeTest, ShiftsForOneCallOnly) {
  NetworkProbe probe(*model_, parameters_, batch_);
  const auto here = probe.losses(0, {});
  EXPECT_NE(probe.losses(0, at::full({size_}, 0.05)), here);
  EXPECT_EQ(probe.losses(0, {}), here);
}

TEST_F(NetworkProbeTest, GradientsAreTheSlopesOfTheLosses) {
  NetworkProbe probe(*model_, parameters_, batch_);
  const at::Tensor rows = probe.rows(0, {});
  ASSERT_EQ(rows.sizes(), (std::vector<int64_t>{2, size_}));
  const at::Tensor expected = 2.0 * rows[0] - 0.5 * rows[1];
  const at::Tensor difference = probe.gradient(0, {2.0, -0.5}, {}) - expected;
  EXPECT_LT(difference.norm().item<double>(), 1e-4 * expected.norm().item<double>());
  const at::Tensor direction = rows[0] / rows[0].norm();
  const auto ahead = probe.losses(0, direction * 1e-3);
  const auto behind = probe.losses(0, direction * -1e-3);
  for (int64_t t = 0; t < 2; ++t) {
    const double slope = (ahead[t] - behind[t]) / 2e-3;
    EXPECT_NEAR(slope, rows[t].dot(direction).item<double>(), 2e-2 * rows[t].norm().item<double>());
  }
}

// The bilevel methods look at a second batch, and move their weights before the network.
TEST_F(NetworkProbeTest, BilevelMethodsTrainTheNetworkAndTheirWeights) {
  for (const char* name : {"auto_lambda", "moml", "forum"}) {
    auto model = tiny_model();
    const TinyMethod method("sum", name);
    Step step(*model, method.for_step(), {}, {.lr = 0.1}, nullptr);
    const std::vector<Batch> batches{batch_[0], quadrants(64, 9)->batch(std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7})};
    Rng rng(1);
    std::vector<double> first;
    for (int64_t i = 0; i < 30; ++i) {
      const StepResult result = step(batches, {i, 30, 1}, 0.1, rng);
      if (i == 0) first = result.losses;
      if (i < 29) continue;
      EXPECT_LT(result.losses[0] + result.losses[1], 0.7 * (first[0] + first[1])) << name;
      EXPECT_NE(result.weights->at(0), 1.0) << name;
      EXPECT_NEAR(result.weights->at(0) + result.weights->at(1), 2.0, 1e-9) << name;
    }
  }
}

// FAMO looks at the same batch again; the batch norms must not remember it twice.
TEST_F(NetworkProbeTest, LookingAgainLeavesTheRunningStatistics) {
  const auto mean_after = [&](const std::string& scalarizer) {
    auto model = tiny_model();
    const TinyMethod method("sum", scalarizer);
    Step step(*model, method.for_step(), {}, {.lr = 1e-9, .momentum = 0.0}, nullptr);
    Rng rng(1);
    step(batch_, {}, 1e-9, rng);
    const NamedTensors state = model->state();
    for (const auto& [name, tensor] : state) {
      if (name == "block1.bn.running_mean") return tensor.clone();
    }
    return at::Tensor();
  };
  EXPECT_TRUE(mean_after("famo").equal(mean_after("sum")));
}

}  // namespace
}  // namespace reconcile
