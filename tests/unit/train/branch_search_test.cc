#include "reconcile/train/branch_search.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/json_lines.h"
#include "unit/base/support.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

std::unique_ptr<BranchingModel> branching_model() {
  ModelContext context{.tasks = two_tasks(), .input_shape = kTinyShape, .rng = Rng(1)};
  context.backbone = [](const LayerScope& scope, const std::vector<int64_t>& shape) {
    return backbone_named("small_cnn")
        .make(
            {{"width", 2}, {"features", 8}}, [](const std::string& key) { return key; }, scope, shape);
  };
  context.head = [](const std::string& name, const HeadShape& shape, const LayerScope& scope) {
    return head_named(name).make(shape, scope);
  };
  return std::make_unique<BranchingModel>(context);
}

bool search(BranchingModel& model, const std::filesystem::path& folder, Stopper& observer,
            BranchingOptions options = {.epochs = 4, .warm_up = 0.25},
            const std::shared_ptr<const Dataset>& samples = quadrants(96, 1)) {
  const DataSplits data{samples, quadrants(32, 2), quadrants(32, 3), {}};
  std::filesystem::create_directories(folder);
  OptimizerOptions adam;
  adam.name = "adam";
  adam.lr = 1e-2;
  return search_branches({.model = model,
                          .data = data,
                          .options = options,
                          .batch_size = 16,
                          .optimizer = adam,
                          .rng = Rng(3),
                          .directory = folder,
                          .observer = observer,
                          .stop = observer.stop});
}

TEST(BranchSearch, LearnsWeightsAndLogitsByTurns) {
  const auto model = branching_model();
  Stopper observer;
  const auto folder = fresh_folder("branch");
  ASSERT_TRUE(search(*model, folder, observer));
  const auto rows = read_json_lines(folder / "branch.jsonl");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_TRUE(rows[0].at("temperature").is_null());
  EXPECT_EQ(rows[1].at("temperature"), 5.0);
  EXPECT_NEAR(rows[3].at("temperature").get<double>(), 0.1, 1e-12);
  EXPECT_LT(rows[3].at("losses").at("T1").get<double>(), rows[0].at("losses").at("T1").get<double>());
  for (const auto& logits : model->logits()) EXPECT_GT(logits.abs().max().item<double>(), 0);
}

TEST(BranchSearch, ADearResourceKeepsTasksTogether) {
  const auto model = branching_model();
  Stopper observer;
  ASSERT_TRUE(search(*model, fresh_folder("branch_dear"), observer,
                     {.epochs = 20, .warm_up = 0, .logit_share = 0.5, .logit_rate = 0.2, .resource = 1e6}));
  EXPECT_TRUE(model->tree().empty());
}

/// Samples of another set; the n-th batch that is read stops the search.
class StoppingSet final : public Dataset {
 public:
  StoppingSet(std::shared_ptr<const Dataset> whole, int64_t batches, std::atomic<bool>& stop)
      : whole_(std::move(whole)), batches_(batches), stop_(stop) {}
  [[nodiscard]] const TaskSet& tasks() const override { return whole_->tasks(); }
  [[nodiscard]] int64_t size() const override { return whole_->size(); }
  [[nodiscard]] std::vector<int64_t> input_shape() const override { return whole_->input_shape(); }
  [[nodiscard]] std::shared_ptr<const Dataset> only(int64_t task) const override { return whole_->only(task); }

 private:
  [[nodiscard]] Batch read(std::span<const int64_t> samples, const Rng& rng) const override {
    if (--batches_ == 0) stop_ = true;
    return whole_->batch(samples, rng);
  }
  std::shared_ptr<const Dataset> whole_;
  mutable int64_t batches_;
  std::atomic<bool>& stop_;
};

TEST(BranchSearch, StoppedAfterAnyStepItContinuesBitForBit) {
  const auto whole = branching_model();
  Stopper never;
  const auto straight = fresh_folder("branch_whole");
  ASSERT_TRUE(search(*whole, straight, never));
  for (int64_t first = 1; first <= 20;
       first += 3) {  // an epoch has a step for the logits, but the first, and four more
    SCOPED_TRACE(first);
    const auto folder = fresh_folder("branch_resumed");
    for (const int64_t batches : {first, int64_t{2}}) {
      const auto stopped = branching_model();
      Stopper stopper;
      const auto data = std::make_shared<StoppingSet>(quadrants(96, 1), batches, stopper.stop);
      search(*stopped, folder, stopper, {.epochs = 4, .warm_up = 0.25}, data);
    }
    const auto resumed = branching_model();
    Stopper again;
    ASSERT_TRUE(search(*resumed, folder, again));
    expect_same_weights(*whole, *resumed);
    EXPECT_EQ(read_json_lines(folder / "branch.jsonl"), read_json_lines(straight / "branch.jsonl"));
    EXPECT_TRUE(again.messages.front().starts_with("resuming the search at epoch ")) << again.messages.front();
  }
}

TEST(BranchSearch, BothPartsNeedABatch) {
  const auto model = branching_model();
  Stopper observer;
  test::expect_message<InvalidArgument>(
      [&] { search(*model, fresh_folder("branch_small"), observer, {.logit_share = 0.1}); },
      "branching.logit_share = 0.1", "96 training samples 9", "batch of 16");
}

}  // namespace
}  // namespace reconcile
