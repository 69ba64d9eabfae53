#include "reconcile/nn/weights.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <memory>

#include "reconcile/base/error.h"
#include "reconcile/nn/layers.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;
using Names = std::vector<std::string>;

const std::vector<std::string> kTasks = {"T1", "T2", "T3"};

/// A convolution, a batch norm and a linear layer for three tasks.
struct Network {
  Network() {
    layers.push_back(std::make_unique<Conv>("conv1", 3, Rng(1), Conv::Shape{.in = 2, .out = 4, .kernel = 3}));
    layers.push_back(std::make_unique<BatchNorm>("layer1.0.bn", 3, Rng(2), 4));
    layers.push_back(std::make_unique<Linear>("fc", 3, Rng(3), 4, 5));
  }
  [[nodiscard]] std::vector<Layer*> all() const { return {layers[0].get(), layers[1].get(), layers[2].get()}; }
  [[nodiscard]] NamedTensors state() const {
    NamedTensors state;
    for (const auto& layer : layers) layer->append_state(state);
    return state;
  }
  std::vector<std::unique_ptr<Layer>> layers;
};

/// The network's tensors as a file would have them, filled with 1, 2, 3 ...; names begin with `prefix`.
NamedTensors file_of(const Network& network, const std::string& prefix = "") {
  NamedTensors tensors;
  for (const auto& [name, tensor] : network.state()) {
    const auto value = static_cast<double>(tensors.size() + 1);
    tensors.emplace_back(prefix + name, at::full(tensor.sizes(), value, at::kFloat));
  }
  return tensors;
}

const Names kAll = {"conv1.weight",
                    "layer1.0.bn.weight",
                    "layer1.0.bn.bias",
                    "layer1.0.bn.running_mean",
                    "layer1.0.bn.running_var",
                    "fc.weight",
                    "fc.bias"};

TEST(Weights, SetsParametersAndStatistics) {
  const Network network;
  const NamedTensors file = file_of(network);
  const WeightReport report = set_weights(network.all(), file, "w.pth");
  EXPECT_EQ(report.matched, kAll);
  EXPECT_TRUE(report.missing.empty() && report.unexpected.empty() && report.mismatched.empty());
  const NamedTensors state = network.state();
  for (size_t i = 0; i < file.size(); ++i) EXPECT_TRUE(state[i].second.equal(file[i].second)) << state[i].first;
  EXPECT_TRUE(network.layers[0]->copy(0)[0].requires_grad());
  EXPECT_FALSE(network.layers[0]->copy(0)[0].is_same(file[0].second));
}

TEST(Weights, EvaluationUsesThem) {
  const Network network;
  set_weights(network.all(), file_of(network), "w.pth");
  Layer& norm = *network.layers[1];
  norm.set_training(false);
  const at::Tensor y = norm(at::full({1, 4, 2, 2}, 9.F));  // (9 - mean 4) / sqrt(variance 5) * 2 + 3
  EXPECT_NEAR(y.mean().item<double>(), 5 / std::sqrt(5.0) * 2 + 3, 1e-4);
}

TEST(Weights, EveryCopyOfASplitLayerGetsTheSame) {
  const Network network;
  network.layers[0]->split(Partition::separate(3), CopyInit::kFresh, Rng(5));
  network.layers[1]->split(Partition::separate(3), CopyInit::kEqual, Rng(5));
  NamedTensors file = file_of(Network());
  const WeightReport report = set_weights(network.all(), file, "w.pth");
  EXPECT_EQ(report.matched, kAll);
  for (int64_t g = 0; g < 3; ++g) EXPECT_TRUE(network.layers[0]->copy(g)[0].equal(file[0].second));
  NamedTensors state;
  network.layers[1]->append_state(kTasks, state);
  int means = 0;
  for (const auto& [name, tensor] : state) {
    if (name.ends_with("running_mean")) means += tensor.equal(file[3].second) ? 1 : 0;
  }
  EXPECT_EQ(means, 3);
}

TEST(Weights, StripsThePrefixThatMakesMostNamesMatch) {
  for (const std::string prefix : {"module.", "state_dict.", "model.backbone.", "state_dict.module.encoder."}) {
    const Network network;
    const WeightReport report = set_weights(network.all(), file_of(network, prefix), "w.pth");
    EXPECT_EQ(report.prefix, prefix);
    EXPECT_EQ(report.matched, kAll);
  }
  const Network network;
  NamedTensors file = file_of(network);
  file.emplace_back("module.fc.bias", at::zeros({5}));
  const WeightReport report = set_weights(network.all(), file, "w.pth");
  EXPECT_EQ(report.prefix, "");
  EXPECT_EQ(report.unexpected, Names{"module.fc.bias"});
}

TEST(Weights, KeepsPrefixesThatAreNoWrappers) {
  expect_message<DataError>([] { set_weights(Network().all(), file_of(Network(), "teacher."), "w.pth"); },
                            "not one tensor has a name of this network");
}

TEST(Weights, ReportsWhatIsMissingUnexpectedAndMismatched) {
  const Network network;
  NamedTensors file = file_of(network);
  const at::Tensor bias = network.layers[2]->copy(0)[1].clone();
  file.pop_back();                                                     // no fc.bias
  file[0].second = at::ones({4, 3, 3, 3});                             // three input channels
  file.emplace_back("layer4.weight", at::ones({1}));                   // not ours
  file.emplace_back("layer1.0.bn.num_batches_tracked", at::ones({}));  // nobody's
  const WeightReport report = set_weights(network.all(), file, "w.pth");
  EXPECT_EQ(report.missing, Names{"fc.bias"});
  EXPECT_EQ(report.unexpected, Names{"layer4.weight"});
  EXPECT_EQ(report.matched, Names(kAll.begin() + 1, kAll.end() - 1));
  ASSERT_EQ(report.mismatched.size(), 1U);
  EXPECT_EQ(report.mismatched[0].name, "conv1.weight");
  EXPECT_EQ(report.mismatched[0].given, (std::vector<int64_t>{4, 3, 3, 3}));
  EXPECT_EQ(report.mismatched[0].needed, (std::vector<int64_t>{4, 2, 3, 3}));
  EXPECT_FALSE(network.layers[0]->copy(0)[0].equal(at::ones({4, 2, 3, 3})));
  EXPECT_TRUE(network.layers[2]->copy(0)[1].equal(bias));
}

TEST(Weights, ConvertsOtherPrecisions) {
  const Network network;
  NamedTensors file = file_of(network);
  for (auto& [name, tensor] : file) tensor = tensor.to(at::kBFloat16);
  set_weights(network.all(), file, "w.pth");
  EXPECT_EQ(network.layers[0]->copy(0)[0].scalar_type(), at::kFloat);
  EXPECT_TRUE(network.layers[0]->copy(0)[0].equal(at::ones({4, 2, 3, 3})));
}

TEST(Weights, RefusesWholeNumbersBeforeAnythingIsSet) {
  const Network network;
  NamedTensors file = file_of(network);
  file.back().second = at::ones({5}, at::kChar);
  expect_message<DataError>([&] { set_weights(network.all(), file, "w.pth"); },
                            "w.pth: \"fc.bias\" has numbers of type Char, weights are floating-point");
  EXPECT_FALSE(network.layers[0]->copy(0)[0].equal(file[0].second));
}

TEST(Weights, RefusesFilesOfOtherNetworks) {
  NamedTensors file;
  for (const std::string name : {"a.w", "b.w", "c.w", "d.w"}) file.emplace_back(name, at::ones({1}));
  const Network network;
  expect_message<DataError>(
      [&] { set_weights(network.all(), file, "w.pth"); },
      "w.pth: not one tensor has a name of this network. The file has a.w, b.w, c.w (4 in all), the "
      "network needs conv1.weight, layer1.0.bn.weight, layer1.0.bn.bias (7 in all)");
  expect_message<DataError>([&] { set_weights(network.all(), {}, "w.pth"); }, "The file has none (0 in all)");
}

}  // namespace
}  // namespace reconcile
