#include "reconcile/report/contender_names.h"

#include <gtest/gtest.h>

namespace reconcile::report {
namespace {

Outcome run_of(const std::string& method, int64_t seed, std::map<std::string, std::string> settings) {
  return {.place = "runs/" + method + "/seed-" + std::to_string(seed),
          .source = "runs/" + method,
          .network = "small_cnn",
          .kind = "train",
          .method = method,
          .seed = seed,
          .tasks = {"a", "b"},
          .settings = std::move(settings),
          .parameters = 10};
}

std::vector<std::string> labels_of(const std::vector<Outcome>& runs) {
  std::vector<std::string> labels;
  for (const auto& name : contender_names(runs, std::vector<bool>(runs.size(), false))) labels.push_back(name.label);
  return labels;
}

TEST(ContenderNames, NameTheKeysThatDifferAndNoOthers) {
  EXPECT_EQ(labels_of({run_of("sum", 0, {{"train.epochs", "5"}, {"optimizer.lr", "0.1"}}),
                       run_of("sum", 0, {{"train.epochs", "5"}, {"optimizer.lr", "0.2"}})}),
            (std::vector<std::string>{"sum, optimizer.lr=0.1", "sum, optimizer.lr=0.2"}));
}

TEST(ContenderNames, OfKeysThatAlwaysChangeTogetherTheFirstIsEnough) {
  EXPECT_EQ(labels_of({run_of("sum", 0, {{"data.name", "x"}, {"data.samples", "1"}, {"train.epochs", "1"}}),
                       run_of("gls", 0, {{"data.name", "x"}, {"data.samples", "1"}, {"train.epochs", "1"}}),
                       run_of("sum", 0, {{"data.name", "y"}, {"data.samples", "2"}, {"train.epochs", "2"}})}),
            (std::vector<std::string>{"sum, data.name=x", "gls, data.name=x", "sum, data.name=y"}));
}

TEST(ContenderNames, KeysThatTrainNothingOrThatOneVersionLacksSayNothing) {
  EXPECT_EQ(labels_of({run_of("sum", 0, {{"threads", "1"}, {"split.rule", "a"}, {"train.checkpoint_every", "1"}}),
                       run_of("sum", 1, {{"threads", "2"}, {"split.rule", "b"}, {"step.recompute", "none"}})}),
            (std::vector<std::string>{"sum", "sum"}));
}

TEST(ContenderNames, ASplitNetworkIsNamedByItsRule) {
  auto first = run_of("sum", 0, {{"split.rule", "top_k(k=1)"}}),
       second = run_of("sum", 0, {{"split.rule", "top_k(k=2)"}});
  first.kind = second.kind = "recon";
  first.is_split = second.is_split = true;
  EXPECT_EQ(labels_of({first, second}),
            (std::vector<std::string>{"sum + Recon, split.rule=top_k(k=1)", "sum + Recon, split.rule=top_k(k=2)"}));
}

TEST(ContenderNames, TheFolderTellsTwoSizesAndTwoTriesOfOneSeedApart) {
  auto small = run_of("sum", 0, {}), large = run_of("sum", 1, {});
  large.parameters = 20;
  large.source = "elsewhere";
  EXPECT_EQ(labels_of({small, large}), (std::vector<std::string>{"sum (runs/sum)", "sum (elsewhere)"}));
  auto again = small;
  again.place = "runs/sum/seed-0-again";
  EXPECT_EQ(labels_of({small, again}),
            (std::vector<std::string>{"sum (runs/sum/seed-0)", "sum (runs/sum/seed-0-again)"}));
}

}  // namespace
}  // namespace reconcile::report
