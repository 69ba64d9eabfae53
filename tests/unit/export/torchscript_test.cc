#include "reconcile/export/torchscript.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/version.h"
#include "unit/base/support.h"
#include "unit/export/fixture.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

std::vector<at::Tensor> run(torch::jit::Module& module, const at::Tensor& x) {
  std::vector<at::Tensor> outputs;
  const c10::IValue result = module.forward({x});
  for (const auto& output : result.toTupleRef().elements()) outputs.push_back(output.toTensor());
  return outputs;
}

Names names_in(const torch::jit::Module& module) {
  Names names;
  for (const auto& parameter : module.named_parameters()) names.push_back(parameter.name);
  for (const auto& buffer : module.named_buffers()) names.push_back(buffer.name);
  return names;
}

/// Exports, loads and compares with the model on several batch sizes.
torch::jit::Module check_export(MultiTaskModel& model, const Names& tasks, const std::filesystem::path& path) {
  export_torchscript(exportable(model, tasks, test::kExportShape), path);
  torch::jit::Module loaded = torch::jit::load(path.string());
  for (const int64_t batch : {1, 2, 5}) {
    const at::NoGradGuard no_grad;
    const at::Tensor x = test::numbers({batch, 1, 32, 32});
    const auto expected = model.forward(Streams::shared(x, model.num_tasks()));
    for (int repetition = 0; repetition < 3; ++repetition) {  // LibTorch optimises after the first calls
      const auto outputs = run(loaded, x);
      EXPECT_EQ(outputs.size(), tasks.size());
      for (size_t i = 0; i < tasks.size(); ++i) {
        EXPECT_TRUE(outputs[i].equal(expected[std::stol(tasks[i].substr(1)) - 1])) << tasks[i] << " batch " << batch;
      }
    }
  }
  return loaded;
}

/// Every kind of subset for a small network, two for the others.
std::vector<Names> subsets(const std::string& network) {
  if (network != "small_cnn") return {{"T1", "T2", "T3"}, {"T2"}};
  return {{"T1", "T2", "T3"}, {"T1"}, {"T2"}, {"T3"}, {"T3", "T1"}};
}

TEST(ExportTorchScript, SharedNetworksGiveTheSameBits) {
  const test::TemporaryFolder folder;
  for (const std::string& name : test::exported_networks()) {
    const auto model = test::trained(name, 3);
    for (const auto& tasks : subsets(name)) check_export(*model, tasks, folder / "net.pt");
  }
}

TEST(ExportTorchScript, SplitNetworksGiveTheSameBits) {
  const test::TemporaryFolder folder;
  for (const std::string& name : test::exported_networks()) {
    const auto model = test::trained(name, 3);
    test::split_three(*model);
    for (const auto& tasks : subsets(name)) check_export(*model, tasks, folder / "net.pt");
  }
}

TEST(ExportTorchScript, OneTaskLeavesTheOthersOut) {
  const test::TemporaryFolder folder;
  const auto model = test::trained("small_cnn", 3);
  test::split_three(*model);
  check_export(*model, {"T1", "T2", "T3"}, folder / "all.pt");
  const auto module = check_export(*model, {"T2"}, folder / "one.pt");
  EXPECT_LT(std::filesystem::file_size(folder / "one.pt"), std::filesystem::file_size(folder / "all.pt") * 0.8);
  for (const auto& name : names_in(module)) {
    EXPECT_EQ(name.find("T1"), std::string::npos) << name;
    EXPECT_EQ(name.find("T3"), std::string::npos) << name;
  }
  const std::string bytes = read_file(folder / "one.pt");
  EXPECT_EQ(bytes.find("heads_T1"), std::string::npos);
}

TEST(ExportTorchScript, KeepsTheNamesOfTheState) {
  const test::TemporaryFolder folder;
  const auto model = test::trained("small_cnn", 3);
  test::split_three(*model);
  const auto module = check_export(*model, {"T1", "T2", "T3"}, folder / "net.pt");
  const Names names = names_in(module);
  for (const char* expected : {"block1.conv_T1_T3.weight", "block1.conv_T2.weight", "fc_T3.bias", "heads.T1.weight"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), expected), names.end()) << expected;
  }
  EXPECT_EQ(names.size(), model->state().size());
  for (const auto& parameter : module.parameters()) EXPECT_FALSE(parameter.requires_grad());
}

TEST(ExportTorchScript, CanBeFrozenAndOptimised) {
  const test::TemporaryFolder folder;
  const auto model = test::trained("small_cnn", 3);
  test::split_three(*model);
  torch::jit::Module loaded = check_export(*model, {"T1", "T2", "T3"}, folder / "net.pt");
  loaded.eval();
  torch::jit::Module frozen = torch::jit::freeze(loaded);
  torch::jit::Module fast = torch::jit::optimize_for_inference(frozen);
  const at::Tensor x = test::numbers({4, 1, 32, 32});
  const auto expected = run(loaded, x);
  for (size_t t = 0; t < expected.size(); ++t) {
    EXPECT_TRUE(run(frozen, x)[t].allclose(expected[t], 1e-5, 1e-5));
    EXPECT_TRUE(run(fast, x)[t].allclose(expected[t], 1e-5, 1e-5));
  }
}

TEST(ExportTorchScript, TellsWhatItIs) {
  const test::TemporaryFolder folder;
  const auto model = test::trained("small_cnn", 3);
  export_torchscript(exportable(*model, {"T3", "T1"}, test::kExportShape), folder / "net.pt");
  torch::jit::ExtraFilesMap files{{"reconcile", ""}};
  torch::jit::load((folder / "net.pt").string(), c10::nullopt, files);
  const Json told = Json::parse(files["reconcile"]);
  EXPECT_EQ(told["version"], kVersion);
  EXPECT_EQ(told["input_shape"], Json(test::kExportShape));
  EXPECT_EQ(told["tasks"][0], Json({{"name", "T3"}, {"kind", "classification"}, {"outputs", 10}}));
  EXPECT_EQ(told["tasks"].size(), 2);
}

TEST(ExportTorchScript, PythonReadsParametersAndGivesTheSameNumbers) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) GTEST_SKIP() << "no torch for Python";
  const test::TemporaryFolder folder;
  const auto model = test::trained("small_cnn", 2);
  const at::NoGradGuard no_grad;
  export_torchscript(exportable(*model, {}, test::kExportShape), folder / "net.pt");
  const auto expected = model->forward(Streams::shared(at::ones({3, 1, 32, 32}), 2));
  const auto script = folder.write("run.py", fmt::format(R"(
import torch
net = torch.jit.load("{}").eval()
names = [name for name, _ in net.named_parameters()]
assert "block1.conv.weight" in names and "heads.T2.bias" in names, names
assert "block1.bn.running_mean" in dict(net.named_buffers())
a, b = net(torch.ones(3, 1, 32, 32))
assert a.shape == b.shape == (3, 10)
assert abs(a.sum().item() - {}) < 1e-4 and abs(b.sum().item() - {}) < 1e-4
)",
                                                         (folder / "net.pt").string(), expected[0].sum().item<double>(),
                                                         expected[1].sum().item<double>()));
  EXPECT_EQ(std::system(fmt::format("/usr/bin/python3 -B {}", script.string()).c_str()), 0);
}

TEST(ExportTorchScript, SizesOfTensorsStayFree) {
  const test::TemporaryFolder folder;
  const auto network = [](const at::Tensor& x) {
    const at::Tensor small = at::max_pool2d(x, 2, 2);
    const at::Tensor large = at::upsample_bilinear2d(small, {x.size(2), x.size(3)}, false);
    return std::vector<at::Tensor>{large, x.reshape({x.size(0) * x.size(1), x.size(2), x.size(3)})};
  };
  export_torchscript(test::function_of(network, {3, 8, 6}, {}, 2), folder / "net.pt");
  auto loaded = torch::jit::load((folder / "net.pt").string());
  const at::Tensor x = test::numbers({5, 3, 10, 14});
  const auto outputs = run(loaded, x);
  EXPECT_TRUE(outputs[0].equal(network(x)[0]));
  EXPECT_TRUE(outputs[1].equal(network(x)[1]));
}

TEST(ExportTorchScript, RefusesWhatDependsOnTheBatch) {
  const test::TemporaryFolder folder;
  const auto refuses = [&](const Exportable& source, const std::string& part) {
    test::expect_message<StateError>([&] { export_torchscript(source, folder / "net.pt"); }, part);
  };
  refuses(test::function_of([](const at::Tensor& x) { return std::vector{x.size(0) > 2 ? x.relu() : x.exp()}; }, {4}),
          "other operations on a batch of 3 than on one of 2");
  refuses(test::function_of([](const at::Tensor& x) { return std::vector{x * (x.size(0) * 5 + 1)}; }, {4}),
          "is 11 for a batch of 2 and 16 for a batch of 3");
}

TEST(ExportTorchScript, RefusesTwoTensorsOfOneName) {
  const test::TemporaryFolder folder;
  const at::Tensor a = at::ones({1});
  const at::Tensor b = at::ones({1});
  const auto source = test::function_of([&](const at::Tensor& x) { return std::vector{x + a + b}; }, {4},
                                        {{"fc[a-b].weight", a}, {"fc[a+b].weight", b}});
  test::expect_message<StateError>([&] { export_torchscript(source, folder / "net.pt"); },
                                   "would both be called \"fc_a_b.weight\"");
}

TEST(Exportable, NamesTheTasksThatAreThere) {
  const auto model = test::trained("small_cnn", 2);
  test::expect_message<InvalidArgument>([&] { exportable(*model, {"T3"}, test::kExportShape); }, "no task \"T3\"",
                                        "Did you mean \"T1\"?", "It has T1, T2");
  test::expect_message<InvalidArgument>(
      [&] {
        exportable(*model, {"T1", "T1"}, test::kExportShape);
      },
      "asked for twice");
}

}  // namespace
}  // namespace reconcile
