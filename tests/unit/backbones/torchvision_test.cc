// Our backbones against torchvision's: weights map one to one, outputs agree.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reconcile/backbones/backbone.h"
#include "reconcile/core/weights_file.h"
#include "reconcile/nn/weights.h"

namespace reconcile {

namespace backbone_entries {
#define X(name) BackboneEntry name##_entry();
#include "reconcile/backbones/catalog.inc"
#undef X
}  // namespace backbone_entries

namespace {

struct Case {
  std::string name;
  BackboneEntry (*entry)();
  Json options = Json::object();
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class Torchvision : public testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    folder() = std::filesystem::path(testing::TempDir()) / "reconcile_torchvision";
    std::filesystem::create_directories(folder());
    const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/backbones/torchvision_oracle.py";
    available() =
        std::system(fmt::format("/usr/bin/python3 -B '{}' '{}' 2>/dev/null", script, folder().string()).c_str()) == 0;
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }
  static std::filesystem::path& folder() {
    static std::filesystem::path path;
    return path;
  }
  static bool& available() {
    static bool value = false;
    return value;
  }
};

TEST_P(Torchvision, WeightsMapOneToOneAndOutputsAgree) {
  if (!available()) GTEST_SKIP() << "python3-torchvision is not installed";
  const Case& c = GetParam();
  LayerScope::Layers layers;
  Phase phase;
  const LayerScope scope(layers, phase, 1, Rng(1));
  const Backbone backbone = c.entry().make(c.options, [](const std::string& key) { return key; }, scope, {3, 64, 96});
  std::vector<Layer*> pointers;
  for (const auto& layer : layers) pointers.push_back(layer.get());
  const auto path = folder() / (c.name + ".pth");
  const WeightReport report = set_weights(pointers, read_weights(path), path.string());
  EXPECT_TRUE(report.missing.empty());
  EXPECT_TRUE(report.mismatched.empty());
  for (const auto& name : report.unexpected)
    EXPECT_TRUE(name.starts_with("fc.") || name.starts_with("classifier.")) << name;
  for (auto* layer : pointers) layer->set_training(false);
  at::Tensor x;
  at::Tensor expected;
  for (const auto& [name, tensor] : read_weights(folder() / (c.name + ".io.pth")))
    (name == "x" ? x : expected) = tensor;
  const at::NoGradGuard no_grad;
  const at::Tensor actual = backbone(Streams::shared(x, 1)).x.of_task(0);
  ASSERT_EQ(actual.sizes(), expected.sizes());
  EXPECT_LT((actual - expected).norm().item<double>(), 1e-5 * expected.norm().item<double>());
}

using namespace backbone_entries;
INSTANTIATE_TEST_SUITE_P(
    All, Torchvision,
    testing::Values(Case{"resnet18", resnet18_entry}, Case{"resnet34", resnet34_entry},
                    Case{"resnet50", resnet50_entry}, Case{"resnet50_8", resnet50_entry, {{"output_stride", 8}}},
                    Case{"resnet50_16", resnet50_entry, {{"output_stride", 16}}}, Case{"resnet101", resnet101_entry},
                    Case{"mobilenet_v2", mobilenet_v2_entry, {{"raspp", false}, {"output_stride", 32}}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace reconcile
