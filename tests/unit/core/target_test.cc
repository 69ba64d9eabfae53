#include "reconcile/core/target.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(Task, EveryKindHasANameThatLeadsBackToIt) {
  for (int kind = 0; kind <= static_cast<int>(TaskKind::kEdges); ++kind) {
    const auto k = static_cast<TaskKind>(kind);
    EXPECT_EQ(parse_kind(kind_name(k), "here"), k);
  }
  test::expect_message<InvalidArgument>([] { parse_kind("normal", "tasks"); },
                                        {"tasks: no kind of task \"normal\"", "Did you mean \"normals\"?"});
}

TEST(Target, ShapesFollowTheKind) {
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(target_shape({"t", TaskKind::kClassification, 5}, 2, 4, 6), (Shape{2}));
  EXPECT_EQ(target_shape({"t", TaskKind::kMultiLabel, 5}, 2, 4, 6), (Shape{2, 5}));
  EXPECT_EQ(target_shape({"t", TaskKind::kParts, 5}, 2, 4, 6), (Shape{2, 4, 6}));
  EXPECT_EQ(target_shape({"t", TaskKind::kNormals, 3}, 2, 4, 6), (Shape{2, 3, 4, 6}));
}

TEST(Target, ValuesMustBeThoseOfTheKind) {
  const auto expect = [](const Task& task, const at::Tensor& target, const std::string& part) {
    const std::string problem = target_problem(task, target, 2, 1, 1);
    EXPECT_NE(problem.find("task \"t\""), std::string::npos) << problem;
    EXPECT_NE(problem.find(part), std::string::npos) << problem;
  };
  expect({"t", TaskKind::kClassification, 3}, at::tensor({0, 3}, at::kLong), "target 3, classification needs -1 ... 2");
  expect({"t", TaskKind::kSegmentation, 3}, at::tensor({0, -2}, at::kLong).view({2, 1, 1}), "target -2");
  expect({"t", TaskKind::kParts, 3}, at::zeros({2, 1, 1}, at::kByte), "are Byte [2, 1, 1], parts needs signed whole");
  expect({"t", TaskKind::kDepth, 1}, at::tensor({1.F, -1.F}).view({2, 1, 1, 1}), "target -1");
  expect({"t", TaskKind::kRegression, 1}, at::tensor({1.F, INFINITY}).view({2, 1}), "target inf");
  expect({"t", TaskKind::kSaliency, 1}, at::zeros({2, 1, 1}), "[2, 1, 1], saliency needs numbers [2, 1, 1, 1]");
}

TEST(Target, UnknownOnesAreTargetsOfTheirKind) {
  for (int kind = 0; kind <= static_cast<int>(TaskKind::kEdges); ++kind) {
    const Task task{"t", static_cast<TaskKind>(kind), static_cast<TaskKind>(kind) == TaskKind::kNormals ? 3 : 1};
    EXPECT_EQ(target_problem(task, unknown_target(task, 4, 6).unsqueeze(0), 1, 4, 6), "");
  }
  EXPECT_TRUE(unknown_target({"t", TaskKind::kRegression, 2}, 1, 1).isnan().all().item<bool>());
  EXPECT_EQ(unknown_target({"t", TaskKind::kParts, 2}, 1, 1).item<int64_t>(), kVoid);
}

TEST(Target, AnyStorageIsReadInOneType) {
  EXPECT_EQ(as_target({"t", TaskKind::kParts, 3}, at::zeros({1}, at::kChar)).scalar_type(), at::kLong);
  EXPECT_EQ(as_target({"t", TaskKind::kDepth, 1}, at::zeros({1}, at::kHalf)).scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace reconcile
