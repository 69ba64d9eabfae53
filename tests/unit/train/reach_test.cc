// No architecture hides a shared parameter from a method: every one moves under joint training, PCGrad and MGDA on the
// gradients of the representation.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

struct Reach {
  std::string architecture, backbone, aggregator, gradient;
};
std::ostream& operator<<(std::ostream& out, const Reach& r) {
  return out << r.architecture << " on " << r.backbone << ", " << r.aggregator << " of " << r.gradient;
}

std::vector<Reach> all_reaches() {
  std::vector<Reach> result;
  const auto add = [&](const std::string& architecture, const std::string& backbone) {
    result.push_back({architecture, backbone, "sum", "parameters"});
    result.push_back({architecture, backbone, "pcgrad", "parameters"});
    result.push_back({architecture, backbone, "mgda", "representation"});
  };
  for (const auto& architecture : architecture_names()) {
    if (architecture != "mtan") add(architecture, "small_cnn");
  }
  add("mtan", "segnet");
  add("mtan", "resnet18");
  return result;
}

class EveryReach : public testing::TestWithParam<Reach> {};

TEST_P(EveryReach, EverySharedParameterMoves) {
  const Reach& reach = GetParam();
  NetworkSpec spec{
      .backbone = reach.backbone, .architecture = reach.architecture, .tasks = two_tasks(), .shape = {1, 32, 32}};
  if (reach.backbone == "small_cnn") spec.backbone_options = {{"width", 4}, {"features", 0}};
  const auto model = build_network(spec);
  std::vector<at::Tensor> before;
  for (const auto& parameter : model->shared_parameters()) before.push_back(parameter.detach().clone());
  for (int64_t t = 0; t < 2; ++t) {
    for (const auto& parameter : model->task_parameters(t)) before.push_back(parameter.detach().clone());
  }
  const TinyMethod method(reach.aggregator);
  Step step(*model, method.for_step(), {.gradient = reach.gradient}, {.lr = 0.05, .momentum = 0.0}, nullptr);
  const at::Tensor target = at::arange(8) % 4;
  Rng rng(1);
  const int64_t steps = reach.architecture == "ltb" ? 8 : 2;  // a column that nobody chose waits for its turn
  for (int64_t i = 0; i < steps; ++i) {
    const Batch batch{Streams::shared(at::rand({8, 1, 32, 32}), 2), {target, target.flip(0)}};
    step({&batch, 1}, {i, 2, 4}, 0.05, rng);
  }
  const auto layout = model->shared_layout();
  std::vector<at::Tensor> after = model->shared_parameters();
  const size_t shared = after.size();
  for (int64_t t = 0; t < 2; ++t) {
    for (const auto& parameter : model->task_parameters(t)) after.push_back(parameter);
  }
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_FALSE(at::equal(before[i], after[i])) << (i < shared ? layout.parameters()[i].name : "task-specific");
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryReach, testing::ValuesIn(all_reaches()));

TEST(Step, TrainsThePenaltyOfTheNetwork) {
  const auto model = build_network({.backbone = "small_cnn",
                                    .backbone_options = {{"width", 2}},
                                    .architecture = "dselect_k",
                                    .architecture_options = {{"entropy", 1.0}},
                                    .tasks = two_tasks(),
                                    .shape = kTinyShape});
  std::vector<int64_t> samples(16);
  for (int64_t i = 0; i < 16; ++i) samples[static_cast<size_t>(i)] = i;
  const Batch batch = quadrants(32, 1)->batch(samples);
  const double before = model->penalty(batch.inputs).item<double>();
  for (const char* aggregator : {"sum", "pcgrad"}) {
    const TinyMethod method(aggregator);
    Step step(*model, method.for_step(), {}, {.lr = 0.05, .momentum = 0.0}, nullptr);
    Rng rng(1);
    for (int64_t i = 0; i < 20; ++i) step({&batch, 1}, {i, 20, 1}, 0.05, rng);
  }
  EXPECT_LT(model->penalty(batch.inputs).item<double>(), 0.5 * before);
}

}  // namespace
}  // namespace reconcile
