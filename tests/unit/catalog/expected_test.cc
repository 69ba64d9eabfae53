#include "reconcile/catalog/expected.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/catalog/experiment.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;
using test::TemporaryFolder;

constexpr const char* kHead =
    "[data]\nname = 'fields'\ntasks = ['a: segmentation(3)', 'b_c: normals']\nshape = [3, 8, 8]\n"
    "[compare]\nmethods = ['sum', 'cagrad(c=0.4)']\n[[expected]]\n";

Experiment read(const TemporaryFolder& folder, const std::string& expected) {
  return read_experiment(Config::from_file(folder.write("e.toml", kHead + expected)));
}

void expect_refused(const std::string& expected, const std::vector<std::string>& parts) {
  const TemporaryFolder folder;
  const std::string message = test::message_of<InvalidArgument>([&] { read(folder, expected); });
  for (const auto& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(Expected, IsReadAndComesBackFromTheResolvedConfig) {
  const TemporaryFolder folder;
  const Experiment experiment = read(folder,
                                     "source = 'P'\nmethod = 'cagrad(c=0.4)'\nkind = 'recon'\n"
                                     "values = { 'a.miou' = 0.5, 'b_c.within_11.25' = 0.25, delta_m = -4 }\n"
                                     "[[expected]]\nsource = 'P'\nkind = 'single'\nvalues = { megabytes = 8 }\n");
  ASSERT_EQ(experiment.expected.size(), 2u);
  EXPECT_EQ(experiment.expected[0].method, "cagrad(c=0.4)");
  EXPECT_EQ(experiment.expected[1].kind, "single");
  const Experiment again =
      read_experiment(Config::from_file(folder.write("again.toml", to_toml(experiment.resolved()))));
  EXPECT_EQ(to_json(again.expected), to_json(experiment.expected));
  EXPECT_EQ(to_json(again.expected)[0]["values"]["b_c.within_11.25"], 0.25);
}

TEST(Expected, RefusesWhatIsNotKnown) {
  const std::string good = "source = 'P'\nmethod = 'sum'\n";
  expect_refused(
      good + "sorce = 'P'\nvalues = { delta_m = 1 }\n",
      {"e.toml:10: expected[0].sorce: unknown key. Did you mean \"source\"? Known: source, method, kind, values."});
  expect_refused(good + "values = { 'a.mio' = 1 }\n",
                 {"e.toml:10: expected[0].values.a.mio: no such value. Did you mean \"a.miou\"? Known: a.miou, "});
  expect_refused(good + "values = { 'mean.miou' = 1 }\n", {"values.mean.miou: no such value."});  // b_c has none
  expect_refused(good + "values = { delta_m = 'much' }\n",
                 {"e.toml:10: expected[0].values.delta_m = \"much\", must be a number."});
  expect_refused(good, {"expected[0].values: must be a table of numbers"});
  expect_refused(good + "kind = 'bse'\nvalues = { delta_m = 1 }\n",
                 {"kind = \"bse\", must be one of single, base, recon, train"});
  expect_refused("method = 'sum'\nvalues = { delta_m = 1 }\n", {"e.toml:7: expected[0]: source is missing."});
  expect_refused("source = 'P'\nvalues = { delta_m = 1 }\n",
                 {"method = \"\" with kind = \"base\": single-task rows have no method"});
  expect_refused("source = 'P'\nmethod = 'cagrd'\nvalues = { delta_m = 1 }\n",
                 {"e.toml:9: expected[0].method: no method \"cagrd\". Did you mean \"cagrad\"?"});
  const TemporaryFolder folder;
  expect_message<InvalidArgument>([&] { read_experiment(Config::from_file(folder.write("e.toml", "expected = 3\n"))); },
                                  {"e.toml:1: expected = 3, must be tables: [[expected]]."});
}

TEST(Expected, MeansAreOfMetricsThatAllTasksHave) {
  const auto names = expected_names({{"a", TaskKind::kClassification, 2}, {"b", TaskKind::kMultiLabel, 1}});
  const auto has = [&](const char* name) { return std::count(names.begin(), names.end(), name) == 1; };
  EXPECT_TRUE(has("mean.error") && has("mean.accuracy") && has("b.f1") && has("delta_m"));
  EXPECT_FALSE(has("mean.f1"));
}

}  // namespace
}  // namespace reconcile
