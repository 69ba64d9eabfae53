#include "reconcile/base/config.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;
using test::TemporaryFolder;

Config config_of(const TemporaryFolder& folder, const std::string& text) {
  return Config::from_file(folder.write("demo.toml", text));
}

TEST(Config, ReadsTablesAndEveryType) {
  const TemporaryFolder folder;
  const Config config =
      config_of(folder, "name = 'x'\n[train]\nepochs = 3\nrate = 0.1\nfast = true\nsteps = [60, 90]\n");
  EXPECT_EQ(config.values()["name"], "x");
  EXPECT_EQ(config.table("train"), Json::parse(R"({"epochs": 3, "fast": true, "rate": 0.1, "steps": [60, 90]})"));
  EXPECT_EQ(config.table("train")["epochs"].type(), Json(3).type());
}

TEST(Config, AnAbsentTableIsEmpty) {
  const TemporaryFolder folder;
  EXPECT_EQ(config_of(folder, "").table("train"), Json::object());
}

TEST(Config, RefusesAValueWhereATableBelongs) {
  const TemporaryFolder folder;
  const Config config = config_of(folder, "\ntrain = 3\n");
  expect_message<InvalidArgument>([&] { (void)config.table("train"); },
                                  "demo.toml:2: train = 3, must be a table: [train].");
}

TEST(Config, NamesAFileThatIsNotThere) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { Config::from_file(folder / "no.toml"); }, "/no.toml: no such experiment file.");
}

TEST(Config, NamesThePlaceThatIsNoToml) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { config_of(folder, "a = 1\nb = = 2\n"); }, "demo.toml:2:5: not TOML:");
  expect_message<DataError>([&] { config_of(folder, "a = 1\na = 2\n"); }, "demo.toml:2:", "not TOML:");
}

TEST(Config, RefusesDates) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { config_of(folder, "[run]\nday = 2024-01-01\n"); },
                            "demo.toml:2: run.day: dates and times have no meaning here.");
}

TEST(Config, WhereNamesFileAndLine) {
  const TemporaryFolder folder;
  const Config config = config_of(folder, "[train]\n\nepochs = 3\n[train.inner]\na = 1\n");
  EXPECT_EQ(config.where("train")("epochs"), (folder / "demo.toml").string() + ":3: train.epochs");
  EXPECT_EQ(config.where("train.inner")("a"), (folder / "demo.toml").string() + ":5: train.inner.a");
  EXPECT_EQ(config.where("")("train"), (folder / "demo.toml").string() + ":1: train");
  EXPECT_EQ(config.where("train")("absent"), "train.absent");
}

TEST(Config, ListsOfTablesKeepTheirLinesAndTheirKeys) {
  const TemporaryFolder folder;
  const Config config = config_of(folder,
                                  "[[paper]]\nsource = 'a'\nvalues = { 'depth.rmse' = 0.5 }\n"
                                  "[[paper]]\nsource = 'b'\n[paper.values]\n'x y' = 1\n[train]\nsteps = [\n1,\n2]\n");
  EXPECT_EQ(config.where("paper[1]")("source"), (folder / "demo.toml").string() + ":5: paper[1].source");
  EXPECT_EQ(config.where("paper[1].values")("x y"), (folder / "demo.toml").string() + ":7: paper[1].values.x y");
  EXPECT_EQ(config.where("train")("steps"), (folder / "demo.toml").string() + ":9: train.steps");
  const std::string text = to_toml(config.values());
  EXPECT_EQ(config_of(folder, text).values(), config.values()) << text;
}

TEST(Config, SetOverridesTheFile) {
  const TemporaryFolder folder;
  Config config = config_of(folder, "[train]\nepochs = 3\n");
  config.set("train.epochs=5");
  config.set(" data.name = multi_mnist ");
  EXPECT_EQ(config.table("train")["epochs"], 5);
  EXPECT_EQ(config.table("data")["name"], "multi_mnist");
  EXPECT_EQ(config.where("train")("epochs"), "--set: train.epochs");
}

TEST(Config, SetKeepsEqualSignsOfTheValue) {
  Config config;
  config.set("train.method=cagrad(c=0.4)");
  EXPECT_EQ(config.table("train")["method"], "cagrad(c=0.4)");
}

TEST(Config, SetRefusesWhatIsNoAssignment) {
  Config config;
  expect_message<InvalidArgument>([&] { config.set("train.epochs"); }, "--set train.epochs: must be key=value");
  expect_message<InvalidArgument>([&] { config.set("=3"); }, "--set =3: must be key=value");
}

TEST(Config, SetRefusesToGoBelowAPlainValue) {
  const TemporaryFolder folder;
  Config config = config_of(folder, "train = 3\n");
  expect_message<InvalidArgument>([&] { config.set("train.epochs=3"); },
                                  "--set train.epochs=3: \"epochs\" goes below a plain value");
}

TEST(Config, NamesKeysOfTablesInLists) {
  const TemporaryFolder folder;
  const Config config = config_of(folder, "[[task]]\nname = 1\n[[task]]\nname = 2\n");
  EXPECT_NE(config.where("task[0]")("name").find("toml:2: task[0].name"), std::string::npos);
  EXPECT_NE(config.where("task[1]")("name").find("toml:4: task[1].name"), std::string::npos);
}

TEST(ToToml, IsReadBack) {
  const TemporaryFolder folder;
  const Json values = Json::parse(
      R"({"name": "a \"b\"", "train": {"epochs": 3, "rate": 0.1, "whole": 2.0, "fast": false, "inner": {"x": -1}},
          "lists": {"i": [1, 2], "d": [0.5], "s": ["a", "b"], "b": [true], "none": []}})");
  const Config config = config_of(folder, to_toml(values));
  EXPECT_EQ(nlohmann::json::parse(config.values().dump()), nlohmann::json::parse(values.dump()));
}

TEST(Config, RefusesTreesThatWouldOverflowTheStack) {
  const TemporaryFolder folder;
  const auto repeated = [](const std::string& part, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  expect_message<DataError>([&] { config_of(folder, "x = 1\n" + repeated("a.", 100000) + "a = 1\n"); },
                            "toml:2: a key has more than 32 parts");
  expect_message<DataError>([&] { config_of(folder, "[" + repeated("a.", 40) + "a]\n"); }, "a key has more than 32");
  const std::string key = repeated("a.", 30) + "a = ";
  expect_message<DataError>([&] { config_of(folder, key + "{" + key + "{" + key + "1}}\n"); },
                            "toml:1: nested more than 64 deep");
  EXPECT_EQ(config_of(folder, "a = [" + repeated("0.5, ", 1000) + "]\n").table("").size(), 0U);
  Config config;
  expect_message<InvalidArgument>([&] { config.set(repeated("a.", 100000) + "a=1"); }, "--set a.a.",
                                  " ...: a key has at most 32 parts");
  expect_message<InvalidArgument>([&] { config.set("\xff=1"); }, "a key has at most 32 parts, in UTF-8");
}

}  // namespace
}  // namespace reconcile
