// What `recompute` changes: memory, not numbers.

#include <ATen/ATen.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <gtest/gtest.h>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

struct RecomputeCase {
  std::string backbone;
  std::string architecture = "hps";
  std::string method = "cagrad";
  std::string gradient = "parameters";
  std::vector<std::pair<std::string, Partition>> splits = {};
  bool dense = false;
  Json options = Json::object();
  double tolerance = 0.0;  ///< where one value has three readers, their gradients are added in another order
};
std::ostream& operator<<(std::ostream& out, const RecomputeCase& c) {
  return out << c.backbone << ", " << c.architecture << ", " << c.method << " of " << c.gradient << ", "
             << c.splits.size() << " splits";
}

Batch three_task_batch(bool dense) {
  Rng rng(4);
  const at::Tensor inputs = normal_values({4, 3, 32, 32}, 1.0, rng);
  const at::Tensor target = dense ? (at::arange(4 * 32 * 32) % 5).view({4, 32, 32}) : at::arange(4) % 5;
  return {Streams::shared(inputs, 3), {target, target.flip(0), (target + 1) % 5}};
}

std::unique_ptr<MultiTaskModel> network_of(const RecomputeCase& c) {
  TaskSet tasks;
  for (const char* name : {"A", "B", "C"}) {
    tasks.push_back({name, c.dense ? TaskKind::kSegmentation : TaskKind::kClassification, 5});
  }
  auto model = build_network({.backbone = c.backbone,
                              .backbone_options = c.options,
                              .architecture = c.architecture,
                              .tasks = tasks,
                              .shape = {3, 32, 32}});
  for (const auto& [layer, groups] : c.splits) model->layer(layer)->split(groups, CopyInit::kFresh, Rng(6));
  return model;
}

/// A method for three tasks.
TinyMethod three_task_method(const std::string& aggregator) {
  TinyMethod method(aggregator);
  method.scalarizer = scalarizer_entries::sum_entry().make(Json::object(), method.where, 3);
  return method;
}

/// The network's parameters and running statistics after two steps.
NamedTensors stepped(const RecomputeCase& c, bool recompute) {
  const auto model = network_of(c);
  const TinyMethod method = three_task_method(c.method);
  Step step(*model, method.for_step(), {.gradient = c.gradient, .recompute = recompute}, {.lr = 0.01, .momentum = 0.0},
            nullptr);
  const Batch batch = three_task_batch(c.dense);
  Rng rng(1);
  for (int64_t i = 0; i < 2; ++i) step({&batch, 1}, {i, 2, 1}, 0.01, rng);
  NamedTensors state = model->state();
  for (auto& [name, tensor] : state) tensor = tensor.detach().clone();
  return state;
}

std::vector<RecomputeCase> recompute_cases() {
  const Partition fork = Partition::from_groups({{0, 2}, {1}});
  const Partition separate = Partition::separate(3);
  const Json narrow{{"width", 4}};
  return {
      {.backbone = "resnet18"},
      {.backbone = "resnet18", .method = "sum"},
      {.backbone = "resnet18", .method = "mgda", .gradient = "representation"},
      {.backbone = "resnet18", .splits = {{"layer1.1.conv2", fork}, {"layer3.0.conv1", separate}}},
      {.backbone = "resnet18", .method = "sum", .splits = {{"layer1.1.conv2", fork}, {"layer3.0.conv1", separate}}},
      {.backbone = "segnet", .dense = true, .options = narrow},
      {.backbone = "segnet", .splits = {{"encoder_block.1.conv1", fork}}, .dense = true, .options = narrow},
      {.backbone = "mobilenet_v2", .dense = true},
      {.backbone = "mobilenet_v2", .splits = {{"features.4.conv.0.0", separate}}, .dense = true},
      {.backbone = "vit", .splits = {{"encoder.layers.encoder_layer_1.mlp.0", fork}}},
      {.backbone = "resnet18", .architecture = "mtan", .tolerance = 1e-4},
      {.backbone = "small_cnn", .architecture = "cross_stitch", .options = narrow},
      {.backbone = "small_cnn", .architecture = "ple", .options = narrow},
      {.backbone = "small_cnn", .architecture = "ltb", .options = narrow},
  };
}

class EveryRecompute : public testing::TestWithParam<RecomputeCase> {};

TEST_P(EveryRecompute, TakesTheSameStep) {
  const NamedTensors plain = stepped(GetParam(), false);
  const NamedTensors recomputed = stepped(GetParam(), true);
  for (size_t i = 0; i < plain.size(); ++i) {
    const double difference = (plain[i].second - recomputed[i].second).abs().max().item<double>();
    EXPECT_LE(difference, GetParam().tolerance) << plain[i].first;
  }
}

INSTANTIATE_TEST_SUITE_P(Recompute, EveryRecompute, testing::ValuesIn(recompute_cases()));

/// Bytes that LibTorch's CPU tensors hold, and the most they held.
struct HeldBytes final : c10::MemoryReportingInfoBase {
  void reportMemoryUsage(void* /*pointer*/, int64_t size, int64_t /*allocated*/, int64_t /*reserved*/,
                         c10::Device /*device*/) override {
    now += size;
    most = std::max(most, now);
  }
  [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }
  int64_t now = 0;
  int64_t most = 0;
};

/// The most bytes that a step of a MobileNetV2 takes for a while, with one backward pass for each of three tasks.
int64_t most_bytes(bool recompute) {
  const auto model = network_of({.backbone = "mobilenet_v2"});
  const TinyMethod method = three_task_method("cagrad");
  Step step(*model, method.for_step(), {.recompute = recompute}, {.lr = 0.01, .momentum = 0.0}, nullptr);
  const at::Tensor target = at::arange(16) % 5;
  const Batch batch{Streams::shared(at::rand({16, 3, 64, 64}), 3), {target, target, target}};
  Rng rng(1);
  step({&batch, 1}, {}, 0.01, rng);  // allocates what stays
  const auto held = std::make_shared<HeldBytes>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, held);
  step({&batch, 1}, {}, 0.01, rng);
  return held->most;
}

TEST(Recompute, HoldsLessThanHalf) {
  const int64_t plain = most_bytes(false);
  const int64_t recomputed = most_bytes(true);
  EXPECT_LT(2 * recomputed, plain);
}

}  // namespace
}  // namespace reconcile
