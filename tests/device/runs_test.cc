// Whole runs on another device than the CPU: batches sent ahead, task gradients, every method, network and kind of
// task, optimisers, evaluation, checkpoints. They end where the same run on the CPU ends, but for rounding.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "device/far_device.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/catalog/experiment.h"
#include "reconcile/catalog/run.h"
#include "unit/base/support.h"
#include "unit/kernels/bfloat16.h"

namespace reconcile {
namespace {

using test::TemporaryFolder;

constexpr const char* kTasks = "'a: classification(3)', 'b: segmentation(3)', 'c: depth'";

/// A run of four steps on the device; the network it ends with, and its metrics.
NamedTensors train_on(const std::string& device, const std::string& settings, const std::string& method,
                      const std::string& tasks) {
  const TemporaryFolder folder;
  const std::string text = settings +
                           "\n[data]\nname = \"fields\"\ntrain_samples = 16\nvalidation_samples = 4\ntest_samples = "
                           "4\ntasks = [" +
                           tasks + "]\n";
  Config config = Config::from_file(folder.write("e.toml", text));
  config.set("train.device=\"" + device + "\"");
  if (settings.find("precision") == std::string::npos) config.set("train.layout=\"nchw\"");
  config.set("train.batch_size=4");
  if (settings.find("lr =") == std::string::npos) config.set("optimizer.lr=0.01");
  const Experiment experiment = read_experiment(config);
  const DataSplits data = load_data(experiment, "");
  TrainObserver observer;
  const std::atomic<bool> stop = false;
  const Json run = train_run(experiment, {.method = method, .seed = 3}, data, folder / "run", observer, stop);
  const std::filesystem::path file = folder / "run" / "model.safetensors";
  NamedTensors end = decode_safetensors(read_file(file), file);
  for (const auto& [task, metrics] : run.at("last").items()) {
    for (const auto& [metric, value] : metrics.items())
      end.emplace_back(task + " " + metric, at::tensor(value.get<double>()));
  }
  return end;
}

void expect_same_end(const NamedTensors& here, const NamedTensors& there, double tolerance = 1e-4) {
  ASSERT_EQ(here.size(), there.size());
  for (size_t i = 0; i < here.size(); ++i) {
    const auto difference = (here[i].second - there[i].second).abs().max().item<double>();
    EXPECT_LE(difference, tolerance * (1 + here[i].second.abs().max().item<double>())) << here[i].first;
  }
}

void expect_same_run(const std::string& settings, const std::string& method, const std::string& tasks = kTasks,
                     double tolerance = 1e-4) {
  SCOPED_TRACE(method + "\n" + settings);
  expect_same_end(train_on("cpu", settings, method, tasks), train_on("privateuseone", settings, method, tasks),
                  tolerance);
}

const std::string kSmall = "[backbone]\nname = \"small_cnn\"\nwidth = 4\nfeatures = 0\n";

TEST(RunsOnADevice, EveryAggregator) {
  for (const auto& entry : aggregators()) expect_same_run(kSmall, entry.info.name);
}

TEST(RunsOnADevice, EveryScalarizer) {
  for (const auto& entry : scalarizers()) expect_same_run(kSmall, entry.info.name);
  expect_same_run(kSmall, "gls + cagrad(c=0.4)");
}

TEST(RunsOnADevice, EveryArchitecture) {
  for (const auto& entry : architectures()) {
    if (entry.info.name == "mtan") continue;  // needs a deep backbone, and has no operations of its own
    expect_same_run(kSmall + "[architecture]\nname = \"" + entry.info.name + "\"\n", "mgda");
  }
}

TEST(RunsOnADevice, DeepBackbones) {
  constexpr double kDeep = 0.05;  // rounding decides which of two values is the largest of a pool
  const std::string slow = "[optimizer]\nlr = 1e-4\n[backbone]\nname = ";
  expect_same_run(slow + "\"segnet\"\n", "sum", kTasks, kDeep);
  expect_same_run(slow + "\"mobilenet_v2\"\n", "sum", kTasks, kDeep);
  expect_same_run(slow + "\"vit\"\n[heads]\ndense = \"conv\"\n", "sum", kTasks, kDeep);
}

TEST(RunsOnADevice, EveryKindOfTask) {
  expect_same_run(kSmall, "upgrad", "'a: normals', 'b: edges', 'c: saliency', 'd: multi_label(3)', 'e: regression(2)'");
}

TEST(RunsOnADevice, EveryStepOption) {
  const std::vector<std::string> rows{"gradient = \"representation\"",
                                      "update_every = 2",
                                      "accumulate = 2",
                                      "scope = \"layer\"",
                                      "clip_norm = 0.1",
                                      "recompute = true",
                                      "head_gradient = \"weighted\""};
  for (const std::string& row : rows) {
    expect_same_run(kSmall + "[conflict]\nrecord = false\n[step]\n" + row + "\n", "nashmtl");
  }
  expect_same_run(kSmall + "[optimizer]\nname = \"adam\"\nweight_decay = 0.1\n[heads]\nrotation = 4\n" +
                      "[conflict]\nrecord = false\n[step]\ngradient = \"representation\"\n",
                  "cagrad");
}

TEST(RunsOnADevice, BatchesAreSentAheadAndWaitedFor) {
  const int64_t before = test::num_waits();
  train_on("privateuseone", kSmall, "sum", kTasks);
  EXPECT_EQ(test::num_waits() - before, 4 + 1 + 1);  // steps, validation, test
}

TEST(RunsOnADevice, RecordedPassesAreReplayedOnEachBatch) {
  const std::string captured = kSmall + "[train]\nepochs = 2\n[step]\ncapture = true\n";
  expect_same_end(train_on("privateuseone", kSmall + "[train]\nepochs = 2\n", "mgda", kTasks),
                  train_on("privateuseone", captured, "mgda", kTasks));
}

TEST(RunsOnADevice, BfloatProductsOfChannelsLastMaps) {
  if (!test::has_bfloat16()) GTEST_SKIP() << test::kNoBfloat16;
  const std::string rounded = kSmall + "[train]\nprecision = \"bfloat16\"\n";
  const NamedTensors exact = train_on("privateuseone", kSmall, "mgda", kTasks);
  const NamedTensors found = train_on("privateuseone", rounded, "mgda", kTasks);
  double largest = 0.0;
  for (size_t i = 0; i < exact.size(); ++i) {
    largest = std::max(largest, (exact[i].second - found[i].second).abs().max().item<double>());
  }
  EXPECT_GT(largest, 1e-6);
  EXPECT_LT(largest, 0.3);
}

TEST(RunsOnADevice, SaysWhatCannotBe) {
  const auto train = [](const std::string& device, const std::string& settings) {
    return [=] { train_on(device, kSmall + settings, "mgda", kTasks); };
  };
  test::expect_message<InvalidArgument>(train("gpu", ""), "train.device = \"gpu\": nothing can be computed there",
                                        "Use \"cpu\", or \"cuda\"");
  test::expect_message<InvalidArgument>(train("cuda", ""), "train.device = \"cuda\": nothing can be computed there");
  test::expect_message<InvalidArgument>(train("privateuseone", "[train]\nprecision = \"bfloat16x3\"\n"),
                                        "train.precision = \"bfloat16x3\", but train.device = \"privateuseone");
  test::expect_message<InvalidArgument>(train("cpu", "[step]\ncapture = true\n"),
                                        "step.capture = true, but train.device = \"cpu\"");
  test::expect_message<InvalidArgument>(train("privateuseone", "[step]\ncapture = true\naccumulate = 2\n"),
                                        "capture = true, but only steps with");
  test::expect_message<StateError>(train("privateuseone", "[step]\ncapture = true\n[architecture]\nname = \"ltb\"\n"),
                                   "step.capture = true, but this network draws random numbers or changes");
}

}  // namespace
}  // namespace reconcile
