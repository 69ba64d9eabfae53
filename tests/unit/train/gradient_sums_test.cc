#include "reconcile/train/gradient_sums.h"

#include <gtest/gtest.h>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

const TaskSet kThree{{"a", TaskKind::kRegression, 1}, {"b", TaskKind::kRegression, 1}, {"c", TaskKind::kRegression, 1}};

TEST(GradientSums, EqualANaiveLoopOverTheRows) {
  GradientSums sums;
  std::srand(4);
  Eigen::MatrixXd norms(10, 3), cosines(10, 3);
  for (int step = 0; step < 10; ++step) {
    const Eigen::MatrixXd rows = Eigen::MatrixXd::Random(3, 7);
    const Eigen::VectorXd weights = Eigen::VectorXd::Random(3);
    const Eigen::VectorXd direction = rows.transpose() * weights;
    for (int t = 0; t < 3; ++t) {
      norms(step, t) = rows.row(t).norm();
      cosines(step, t) = rows.row(t).dot(direction) / rows.row(t).norm() / direction.norm();
    }
    sums.add(rows * rows.transpose(), std::vector<double>(weights.begin(), weights.end()));
  }
  const Json record = sums.record(kThree);
  for (int t = 0; t < 3; ++t) {
    const Json& norm = record.at("norms").at(kThree[t].name);
    EXPECT_NEAR(norm.at("mean").get<double>(), norms.col(t).mean(), 1e-12);
    EXPECT_NEAR(norm.at("min").get<double>(), norms.col(t).minCoeff(), 1e-12);
    EXPECT_NEAR(norm.at("max").get<double>(), norms.col(t).maxCoeff(), 1e-12);
    const Json& progress = record.at("progress").at(kThree[t].name);
    EXPECT_NEAR(progress.at("mean").get<double>(), cosines.col(t).mean(), 1e-12);
    EXPECT_EQ(progress.at("up").get<double>(), static_cast<double>((cosines.col(t).array() < 0).count()) / 10);
  }
}

Eigen::MatrixXd pair_gramian(double cosine) {
  Eigen::MatrixXd gramian(2, 2);
  gramian << 1, cosine, cosine, 1;
  return gramian;
}

TEST(GradientSums, ConditionsHaveTheLowerMedianAndMayBeInfinite) {
  GradientSums sums;
  for (const double cosine : {0.0, -1.0, 0.5, 0.8}) sums.add(pair_gramian(cosine), std::nullopt);
  const Json condition = sums.record(two_tasks()).at("condition");
  EXPECT_NEAR(condition.at("median").get<double>(), 3.0, 1e-9);  // of 1, 3, 9, inf
  EXPECT_EQ(condition.at("max"), "inf");
}

TEST(GradientSums, HaveNoProgressWhereAStepHadNoWeights) {
  GradientSums sums;
  EXPECT_TRUE(sums.record(two_tasks()).is_null());
  sums.add(pair_gramian(0.5), std::vector<double>{1, 1});
  EXPECT_TRUE(sums.record(two_tasks()).contains("progress"));
  sums.add(pair_gramian(0.5), std::nullopt);
  EXPECT_FALSE(sums.record(two_tasks()).contains("progress"));
  sums.clear();
  EXPECT_TRUE(sums.record(two_tasks()).is_null());
}

TEST(GradientSums, ADirectionThatIsZeroMovesNobody) {
  GradientSums sums;
  sums.add(pair_gramian(-1), std::vector<double>{1, 1 + 1e-9});
  for (const char* task : {"T1", "T2"}) {
    EXPECT_EQ(sums.record(two_tasks()).at("progress").at(task), (Json{{"mean", 0.0}, {"up", 0.0}}));
  }
}

TEST(GradientSums, GoOnBitForBitFromTheirState) {
  GradientSums whole, first, second;
  for (int step = 0; step < 6; ++step) {
    const Eigen::MatrixXd gramian = pair_gramian(0.1 * step - 1.0) * (step / 3.0 + 0.1);
    whole.add(gramian, std::vector<double>{0.3, 1.0 / 3});
    (step < 3 ? first : second).add(gramian, std::vector<double>{0.3, 1.0 / 3});
    if (step == 2) second.load_state(Json::parse(first.state().dump()));
  }
  EXPECT_EQ(whole.record(two_tasks()).dump(), second.record(two_tasks()).dump());
}

}  // namespace
}  // namespace reconcile
