#include "reconcile/convert/plan.h"

#include <gtest/gtest.h>

#include <fstream>

#include "reconcile/base/error.h"
#include "reconcile/convert/cost.h"
#include "unit/base/support.h"
#include "unit/convert/networks.h"

namespace reconcile {
namespace {

TEST(Plan, FileRoundTripAndItsErrors) {
  auto model = make_network("small_cnn", 3);
  SplitPlan plan{"by hand", {{"block1.bn", Partition({0, 1, 0})}}};
  const auto path = std::filesystem::path(testing::TempDir()) / "plan.json";
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write(plan_to_json(plan, model->task_names()).dump());
  const SplitPlan back = read_plan(path, *model);
  EXPECT_EQ(back.layers, plan.layers);
  write("{}");
  EXPECT_THROW(read_plan(path, *model), DataError);
  write("{\"format\": \"reconcile-plan\", \"rule\": 1}");
  EXPECT_THROW(read_plan(path, *model), DataError);
  write(
      R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "nope", "groups": [["T1"], ["T2"], ["T3"]]}]})");
  EXPECT_THROW(read_plan(path, *model), StateError);
  write(R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "fc", "groups": [["T1"], ["depth"]]}]})");
  EXPECT_THROW(read_plan(path, *model), StateError);
  write(R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "fc", "groups": [["T1"], ["T3"]]}]})");
  test::expect_message<StateError>([&] { read_plan(path, *model); }, "layer \"fc\": task \"T2\" is in 0 groups");
  write(
      R"({"format": "reconcile-plan", "rule": "x", "layers": [{"name": "fc", "groups": [["T1"], ["T2", "T1", "T3"]]}]})");
  test::expect_message<StateError>([&] { read_plan(path, *model); }, "layer \"fc\": task \"T1\" is in 2 groups");
}

TEST(SplitPlan, LayersThatItDoesNotNameAreShared) {
  const SplitPlan plan{"by hand", {{"fc", Partition({0, 1, 0})}}};
  EXPECT_EQ(plan.partition("fc", 3), Partition({0, 1, 0}));
  EXPECT_EQ(plan.partition("block1.bn", 3), Partition::shared(3));
}

TEST(Combine, RefinesLayerByLayer) {
  const SplitPlan a{"a", {{"fc", Partition({0, 0, 1})}, {"block1.bn", Partition({0, 1, 1})}}};
  const SplitPlan b{"b", {{"block2.bn", Partition({0, 1, 0})}, {"fc", Partition({0, 1, 1})}}};
  const SplitPlan both = combine(a, b);
  EXPECT_EQ(both.rule, "a + b");
  const SplitPlan expected{
      "", {{"fc", Partition::separate(3)}, {"block1.bn", Partition({0, 1, 1})}, {"block2.bn", Partition({0, 1, 0})}}};
  EXPECT_EQ(both.layers, expected.layers);
  EXPECT_EQ(combine(a, a).layers, a.layers);
  EXPECT_EQ(combine({}, a).rule, "a");
  EXPECT_THROW(combine(a, {"c", {{"fc", Partition({0, 1})}}}), InvalidArgument);
}

TEST(AddedParameters, AreThoseOfTheCopiesBeyondTheFirst) {
  auto model = make_network("small_cnn", 4);
  const SplitPlan plan{"", {{"fc", Partition({0, 1, 2, 0})}, {"block1.bn", Partition({0, 0, 1, 1})}}};
  const int64_t before = model->num_parameters();
  set_copies(*model, plan);
  EXPECT_EQ(added_parameters(plan, *model), model->num_parameters() - before);
  EXPECT_GT(added_parameters(plan, *model), 0);
}

}  // namespace
}  // namespace reconcile
