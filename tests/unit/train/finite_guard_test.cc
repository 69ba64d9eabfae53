#include "reconcile/train/finite_guard.h"

#include <gtest/gtest.h>

#include <limits>

#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

constexpr int64_t kSize = 96;

TaskSet classes_and_number() { return {{"class", TaskKind::kClassification, 4}, {"number", TaskKind::kRegression, 1}}; }

/// Images; the numbers of those samples are so large that their errors are infinite.
std::shared_ptr<const Dataset> numbers_with(const std::vector<int64_t>& huge) {
  const at::Tensor images = at::arange(kSize * 144).mul(37).remainder(251).to(at::kByte).view({kSize, 1, 12, 12});
  at::Tensor labels = at::arange(kSize).remainder(4);
  at::Tensor numbers = at::arange(kSize).remainder(7).to(at::kFloat).view({kSize, 1}) / 7;
  for (const int64_t i : huge) numbers[i] = 3e38;
  return std::make_shared<ImageSet>(classes_and_number(), images, std::vector<at::Tensor>{labels, numbers});
}

std::unique_ptr<MultiTaskModel> network() {
  return build_network({.backbone = "small_cnn",
                        .backbone_options = {{"width", 4}, {"features", 8}},
                        .tasks = classes_and_number(),
                        .shape = kTinyShape,
                        .seed = 1});
}

struct GuardSetting {
  std::string nonfinite = "skip";
  std::string method = "mgda";
  std::vector<int64_t> huge = {17};
  bool record = true;
};

Json train_with(MultiTaskModel& model, const GuardSetting& setting, const fs::path& directory, Stopper& observer) {
  const TinyMethod method(setting.method);
  const DataSplits data{numbers_with(setting.huge), numbers_with({}), numbers_with({}), {}};
  return train({.model = model,
                .data = data,
                .method = method.for_step(),
                .options = {.epochs = 3, .batch_size = 16, .nonfinite = setting.nonfinite, .nonfinite_limit = 2},
                .step = {},
                .optimizer = {.lr = 0.01},
                .schedule = {},
                .conflict = {.record = setting.record},
                .rng = Rng(7),
                .directory = directory,
                .header = {{"method", setting.method}},
                .observer = observer,
                .stop = observer.stop});
}

std::vector<Json> records_of(const fs::path& directory, const std::string& type) {
  std::vector<Json> found;
  for (Json& record : read_json_lines(directory / "run.jsonl")) {
    if (record.at("type") == type) found.push_back(std::move(record));
  }
  return found;
}

TEST(FiniteGuard, SkipsTheStepAndNamesTheTask) {
  for (const bool record : {true, false}) {  // from the Gramian, and from one backward pass
    auto model = network();
    Stopper never;
    const fs::path folder = fresh_folder("skip");
    train_with(*model, {.method = record ? "mgda" : "sum", .record = record}, folder, never);
    const auto failures = records_of(folder, "nonfinite");
    ASSERT_EQ(failures.size(), 3U);  // once an epoch
    EXPECT_EQ(failures[0].at("tasks"), Json({"number"}));
    EXPECT_EQ(failures[0].at("action"), "skip");
    for (const Json& epoch : records_of(folder, "epoch")) {
      EXPECT_EQ(epoch.at("skipped"), 1);
      EXPECT_TRUE(epoch.at("train").at("number").at("loss").is_number());
    }
    const Json dump = read_json(folder / failures[0].at("dump").get<std::string>());
    const auto samples = dump.at("samples").get<std::vector<int64_t>>();
    EXPECT_EQ(samples.size(), 16U);
    EXPECT_NE(std::find(samples.begin(), samples.end(), 17), samples.end());
    EXPECT_TRUE(dump.at("norms").at(0).at("loss").is_number());
    EXPECT_EQ(dump.at("norms").at(1).at("loss"), "inf");
    EXPECT_TRUE(dump.at("norms").at(0).at("layers").at("block1.conv").is_number());
    EXPECT_TRUE(dump.at("inputs_finite").get<bool>());
    for (const auto& [name, tensor] : model->state()) EXPECT_TRUE(tensor.isfinite().all().item<bool>()) << name;
  }
}

/// A step that is left out leaves the running statistics as they were.
TEST(FiniteGuard, PutsRunningStatisticsBack) {
  auto model = network();
  const test::TemporaryFolder folder;
  FiniteGuard guard({.nonfinite = "skip"}, *model, folder.path());
  guard.before_step();
  for (const auto& [name, tensor] : model->state()) {
    if (!tensor.requires_grad()) at::Tensor(tensor).fill_(3);
  }
  const std::vector<int64_t> samples{0, 1, 2, 3};
  const Batch batch = numbers_with({0})->batch(samples, Rng(0));
  const NotFinite error("as in a test.");
  const Json record = guard.after_failure({error, 1, {0, 1, 1}, {&batch, 1}, samples, Rng(0)});
  EXPECT_EQ(record.at("tasks"), Json({"number"}));
  const auto fresh = network()->state();
  const auto state = model->state();
  for (size_t i = 0; i < state.size(); ++i) EXPECT_TRUE(at::equal(state[i].second, fresh[i].second)) << state[i].first;
}

TEST(FiniteGuard, StopsWithTheTaskTheStepAndTheDump) {
  auto model = network();
  Stopper never;
  const fs::path folder = fresh_folder("stop");
  try {
    train_with(*model, {.nonfinite = "stop"}, folder, never);
    FAIL();
  } catch (const NotFinite& error) {
    const std::string text = error.what();
    for (const char* part : {"epoch 1, step ", "from task number: ", "Nothing was updated. nonfinite-"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
  EXPECT_FALSE(fs::exists(folder / "result.json"));
}

TEST(FiniteGuard, StopsAfterTooManyInARow) {
  std::vector<int64_t> all(kSize);
  std::iota(all.begin(), all.end(), 0);
  for (const char* policy : {"skip", "rollback"}) {
    auto model = network();
    Stopper never;
    try {
      train_with(*model, {.nonfinite = policy, .huge = all}, fresh_folder("too_many"), never);
      FAIL();
    } catch (const NotFinite& error) {
      EXPECT_NE(std::string(error.what()).find("and train.nonfinite_limit = 2"), std::string::npos) << error.what();
    }
  }
}

TEST(FiniteGuard, RollsBackWithHalfTheLearningRate) {
  auto model = network();
  Stopper never;
  const fs::path folder = fresh_folder("rollback");
  train_with(*model, {.nonfinite = "rollback"}, folder, never);
  const auto epochs = records_of(folder, "epoch");
  ASSERT_EQ(epochs.size(), 3U);
  for (size_t e = 0; e < 3; ++e) {
    EXPECT_EQ(epochs[e].at("epoch"), static_cast<int64_t>(e + 1));
    EXPECT_EQ(epochs[e].at("skipped"), 1);
    EXPECT_DOUBLE_EQ(epochs[e].at("learning_rate").get<double>(), 0.01 / std::pow(2, e + 1));
  }
  EXPECT_EQ(records_of(folder, "nonfinite").size(), 3U);
}

TEST(FiniteGuard, AStoppedRunContinuesBitForBitUnderEveryPolicy) {
  for (const char* policy : {"skip", "rollback"}) {
    auto straight = network();
    Stopper never;
    const Json expected = train_with(*straight, {.nonfinite = policy, .method = "moco"}, fresh_folder("whole"), never);
    const fs::path folder = fresh_folder("parts");
    for (const int64_t stop_after : {1, 2, 3, 4}) {
      auto model = network();
      Stopper stopper(stop_after);
      ASSERT_TRUE(train_with(*model, {.nonfinite = policy, .method = "moco"}, folder, stopper).is_null());
    }
    auto resumed = network();
    const Json actual = train_with(*resumed, {.nonfinite = policy, .method = "moco"}, folder, never);
    EXPECT_EQ(expected.at("last"), actual.at("last")) << policy;
    const auto left = straight->state();
    const auto right = resumed->state();
    for (size_t i = 0; i < left.size(); ++i) {
      EXPECT_TRUE(at::equal(left[i].second, right[i].second)) << policy << " " << left[i].first;
    }
  }
}

}  // namespace
}  // namespace reconcile
