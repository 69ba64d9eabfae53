#include "reconcile/report/profile.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/report/sections.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

const char* const kProfile = R"({"steps": 10, "seconds": {"forward": 1, "backward": 3, "update": 0},
                                 "backward_tasks": {"T1": 2, "T2": 0}})";

StepTimes step_times() { return read_profile(Field(Json::parse(kProfile), "run.jsonl:9")); }

TEST(Profile, IsReadInTheOrderOfTheStep) {
  const StepTimes times = step_times();
  EXPECT_EQ(times.steps, 10);
  EXPECT_EQ(times.seconds[1].first, "backward");
  EXPECT_EQ(times.total(), 4);
}

TEST(Profile, ADamagedOneNamesItsPlace) {
  Json damaged = Json::parse(kProfile);
  damaged["seconds"]["forward"] = "soon";
  const std::string message = message_of<DataError>([&] { read_profile(Field(damaged, "run.jsonl:9")); });
  EXPECT_TRUE(contains(message, "run.jsonl:9: seconds.forward")) << message;
}

TEST(Profile, TableSaysMillisecondsAndShares) {
  const Table table = profile_table(step_times());
  const std::vector<std::vector<std::string>> expected = {{"forward", "100.000", "25.0 %"},
                                                          {"backward", "300.000", "75.0 %"},
                                                          {"backward, T1", "200.000", "50.0 %"},
                                                          {"update", "0.000", "0.0 %"},
                                                          {"whole step", "400.000", "100.0 %"}};
  EXPECT_EQ(table.rows, expected);
}

TEST(Profile, ManyTasksAreNotListed) {
  StepTimes times = step_times();
  times.backward_tasks.assign(9, {"T", 1.0});
  EXPECT_EQ(profile_table(times).rows.size(), 4);
}

TEST(Profile, PagesNameTheLongestPhaseOrSayThatNothingIsKnown) {
  RunLog log;
  EXPECT_TRUE(contains(profile_figure(log), "do not say where its time went"));
  log.profile = step_times();
  EXPECT_TRUE(contains(profile_figure(log), "A step takes 400.00 ms; 75.0 % of it is backward."));
  Pipeline pipeline;
  pipeline.seeds = {0};
  EXPECT_TRUE(contains(profile_section(pipeline), "do not say where the time of the runs went"));
  pipeline.runs.push_back({.path = "recon/seed-0", .seed = 0, .log = log});
  pipeline.runs.push_back({.path = "recon/seed-1", .seed = 1, .log = log});
  EXPECT_TRUE(contains(profile_section(pipeline), "recon/seed-0: A step takes 400.00 ms"));
  EXPECT_FALSE(contains(profile_section(pipeline), "recon/seed-1"));
}

}  // namespace
}  // namespace reconcile::report
