#include "reconcile/train/profile.h"

#include <gtest/gtest.h>

#include "unit/train/fixtures.h"

namespace reconcile {
namespace {

Json profile_of_run(const std::string& method, const StepOptions& options = {}) {
  auto model = tiny_model();
  Stopper observer;
  const Json result =
      train_tiny(*model, method, fresh_folder("profile"), observer, {.epochs = 1, .batch_size = 16}, options);
  return result.at("profile");
}

TEST(StepProfile, PhasesAreTheStepsTime) {
  for (const char* method : {"cagrad", "sum", "graddrop", "modo"}) {
    auto model = tiny_model();
    Stopper observer;
    const Json result = train_tiny(*model, method, fresh_folder("profile"), observer, {.epochs = 2, .batch_size = 16});
    const Json& profile = result.at("profile");
    double sum = 0;
    for (const auto& [phase, seconds] : profile.at("seconds").items()) {
      EXPECT_GE(seconds.get<double>(), 0) << method << " " << phase;
      sum += seconds.get<double>();
    }
    const double steps = profile.at("steps").get<double>();
    const double whole = steps * result.at("seconds_per_step").get<double>();
    EXPECT_GT(sum, whole / 2) << method;
    EXPECT_LT(sum, whole * (1 + 1e-9)) << method;
    EXPECT_GT(profile.at("seconds").at("gramian").get<double>(), 0) << method;
    EXPECT_EQ(profile.at("backward_tasks").size(), 2);
  }
}

TEST(StepProfile, OnePassForAllIsNobodysOwn) {
  const Json joint = profile_of_run("sum", {.gradient = "representation"});
  EXPECT_GT(joint.at("backward_tasks").at("T1").get<double>(), 0);
  double tasks = 0;
  for (const auto& [task, seconds] : joint.at("backward_tasks").items()) tasks += seconds.get<double>();
  EXPECT_GT(joint.at("seconds").at("backward").get<double>(), tasks);  // the pass behind the representation
}

TEST(StepProfile, IsWhatWasStored) {
  StepProfile profile{.steps = 3, .data = 1, .forward = 2, .backward_tasks = {3, 4}, .backward_joint = 5, .gramian = 6};
  profile.solve = 7;
  profile.combine = 8;
  profile.update = 9;
  profile.other = 10;
  EXPECT_EQ(profile.total(), 55);
  StepProfile loaded;
  loaded.load(profile.to_json(two_tasks()), two_tasks());
  EXPECT_EQ(loaded.to_json(two_tasks()), profile.to_json(two_tasks()));
  EXPECT_EQ(loaded.backward_joint, 5);
  EXPECT_EQ(loaded.total(), 55);
}

TEST(StepProfile, CountsTheStepsBeforeAStop) {
  const auto folder = fresh_folder("profile");
  auto model = tiny_model();
  Stopper stopped(4);
  EXPECT_TRUE(train_tiny(*model, "cagrad", folder, stopped).is_null());
  auto again = tiny_model();
  Stopper observer;
  EXPECT_EQ(train_tiny(*again, "cagrad", folder, observer).at("profile").at("steps"), 18);
}

}  // namespace
}  // namespace reconcile
