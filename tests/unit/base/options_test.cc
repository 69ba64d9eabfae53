#include "reconcile/base/options.h"

#include <gtest/gtest.h>

#include <limits>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

struct Settings {
  std::string name = "adam";
  bool is_fast = false;
  int64_t epochs = 3;
  double rate = 0.1;
  std::vector<std::string> words = {};
  std::vector<int64_t> steps = {};
  std::vector<double> weights = {};
};

const OptionTable<Settings>& table() {
  static const OptionTable<Settings> options = {
      option("name", &Settings::name, one_of({"adam", "sgd"}), "The rule of the step"),
      option("is_fast", &Settings::is_fast, any(), "Skips the proof"),
      option("epochs", &Settings::epochs, at_least(1), "Passes over the data"),
      option("rate", &Settings::rate, above(0), "Step size"),
      option("words", &Settings::words, any(), "Any words"),
      option("steps", &Settings::steps, at_least(0), "Where the rate falls"),
      option("weights", &Settings::weights, between(0, 1), "One a task"),
  };
  return options;
}

Settings parse(const Json& given) {
  return table().parse(given, [](const std::string& key) { return "here: " + key; });
}

TEST(OptionTable, GivesDefaultsForWhatIsNotGiven) {
  const Settings settings = parse(Json::object());
  EXPECT_EQ(settings.name, "adam");
  EXPECT_EQ(settings.epochs, 3);
}

TEST(OptionTable, ReadsEveryType) {
  const Settings settings = parse({{"name", "sgd"},
                                   {"is_fast", true},
                                   {"epochs", 7},
                                   {"rate", 1},
                                   {"words", {"a", "b"}},
                                   {"steps", {60, 90}},
                                   {"weights", {0, 0.5}}});
  EXPECT_EQ(settings.name, "sgd");
  EXPECT_TRUE(settings.is_fast);
  EXPECT_EQ(settings.epochs, 7);
  EXPECT_EQ(settings.rate, 1.0);
  EXPECT_EQ(settings.words, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settings.steps, (std::vector<int64_t>{60, 90}));
  EXPECT_EQ(settings.weights, (std::vector<double>{0, 0.5}));
}

TEST(OptionTable, ValuesRoundTrip) {
  Settings settings;
  settings.epochs = 9;
  settings.weights = {0.25};
  EXPECT_EQ(table().values(parse(table().values(settings))), table().values(settings));
  EXPECT_EQ(table().values(settings).dump(),
            R"({"name":"adam","is_fast":false,"epochs":9,"rate":0.1,"words":[],"steps":[],"weights":[0.25]})");
}

TEST(OptionTable, DescribesEveryRow) {
  const Json rows = table().describe();
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_EQ(
      rows[2].dump(),
      R"({"name":"epochs","type":"whole number","default":3,"rule":"must be >= 1","help":"Passes over the data"})");
}

TEST(OptionTable, NamesAnUnknownKeyAndTheNearest) {
  expect_message<InvalidArgument>(
      [] {
        parse({{"epoch", 3}});
      },
      "here: epoch: unknown key. Did you mean \"epochs\"?", "Known: name, is_fast, epochs, rate");
  expect_message<InvalidArgument>([] { parse({{"transformer", 3}}); }, "here: transformer: unknown key. Known:");
}

TEST(OptionTable, SaysThatThereAreNoKeys) {
  struct Nothing {};
  const OptionTable<Nothing> empty = {};
  expect_message<InvalidArgument>(
      [&] {
        (void)empty.parse({{"c", 1}}, [](const auto& key) { return key; });
      },
      "c: unknown key. Known: none.");
}

TEST(OptionTable, RefusesTheWrongType) {
  const auto refuses = [](const Json& given, const std::string& value, const std::string& type) {
    expect_message<InvalidArgument>([&] { parse(given); }, "here: " + given.begin().key() + " = " + value,
                                    "must be a " + type);
  };
  refuses({{"name", 3}}, "3", "text");
  refuses({{"is_fast", 1}}, "1", "true or false");
  refuses({{"epochs", "three"}}, "\"three\"", "whole number");
  refuses({{"epochs", 2.5}}, "2.5", "whole number");
  refuses({{"rate", "fast"}}, "\"fast\"", "number");
  refuses({{"rate", true}}, "true", "number");
  refuses({{"words", {1, 2}}}, "[1,2]", "list of texts");
  refuses({{"steps", {1.5}}}, "[1.5]", "list of whole numbers");
  refuses({{"steps", 4}}, "4", "list of whole numbers");
  refuses({{"weights", {"a"}}}, "[\"a\"]", "list of numbers");
}

TEST(OptionTable, RefusesAValueThatBreaksItsRule) {
  expect_message<InvalidArgument>(
      [] {
        parse({{"epochs", 0}});
      },
      "here: epochs = 0, must be >= 1. Passes over the data.");
  expect_message<InvalidArgument>([] { parse({{"rate", 0.0}}); }, "here: rate = 0.0, must be > 0.");
  expect_message<InvalidArgument>([] { parse({{"weights", {0.5, 1.5}}}); }, "weights = [0.5,1.5], must lie in [0, 1].");
  expect_message<InvalidArgument>([] { parse({{"steps", {3, -1}}}); }, "steps = [3,-1], must be >= 0.");
  expect_message<InvalidArgument>([] { parse({{"name", "lion"}}); }, "name = \"lion\", must be one of adam, sgd.");
}

TEST(OptionTable, RefusesNotANumberWhereARuleStands) {
  EXPECT_THROW(parse({{"rate", std::numeric_limits<double>::quiet_NaN()}}), InvalidArgument);
}

TEST(Spec, AListIsOneValue) {
  const Spec spec = Spec::parse("graddrop(leak=[0.1, 0.2], x=3)");
  EXPECT_EQ(spec.options.at("leak"), Json::parse("[0.1, 0.2]"));
  EXPECT_EQ(spec.options.at("x"), 3);
}

TEST(OptionTable, WholeNumbersFitInto64BitsWithASign) {
  struct Options {
    int64_t steps = 1;
    std::vector<int64_t> seeds;
  };
  const OptionTable<Options> table{option("steps", &Options::steps, at_least(1), "steps"),
                                   option("seeds", &Options::seeds, at_least(0), "seeds")};
  const Where where = [](const std::string& key) { return key; };
  EXPECT_EQ(table.parse({{"steps", INT64_MAX}}, where).steps, INT64_MAX);
  const Json large = Json::parse("18446744073709551615");  // would become -1
  expect_message<InvalidArgument>(
      [&] {
        (void)table.parse({{"steps", large}}, where);
      },
      "steps = 18446744073709551615, must be a whole number");
  expect_message<InvalidArgument>(
      [&] {
        (void)table.parse({{"seeds", Json::array({large})}}, where);
      },
      "must be a list of whole numbers");
}

TEST(Spec, ParsesANameAlone) {
  const Spec spec = Spec::parse(" pcgrad ");
  EXPECT_EQ(spec.name, "pcgrad");
  EXPECT_TRUE(spec.options.empty());
  EXPECT_TRUE(Spec::parse("pcgrad()").options.empty());
}

TEST(Spec, ParsesOptionsOfEveryKind) {
  const Spec spec = Spec::parse("method(c=0.4, steps = 20, exact=true, rule=adam)");
  EXPECT_EQ(spec.name, "method");
  EXPECT_EQ(spec.options.dump(), R"({"c":0.4,"steps":20,"exact":true,"rule":"adam"})");
}

TEST(Spec, TextParsesBack) {
  EXPECT_EQ(Spec::parse("sum").text(), "sum");
  EXPECT_EQ(Spec::parse("cagrad( c=0.4,rule=adam )").text(), "cagrad(c=0.4, rule=adam)");
}

TEST(Spec, RefusesWhatIsNoSpec) {
  for (const std::string& text : std::vector<std::string>{"", "  ", "(c=1)", "cagrad(c=1", "cagrad(c=1)x"}) {
    expect_message<InvalidArgument>([&] { Spec::parse(text); }, "\"" + text + "\" is not a method. Write name");
  }
  expect_message<InvalidArgument>([] { Spec::parse("cagrad(0.4)"); }, "\"0.4\" is not key=value");
}

TEST(ParseValue, IsJsonOrText) {
  EXPECT_EQ(parse_value("0.4"), Json(0.4));
  EXPECT_EQ(parse_value("-3"), Json(-3));
  EXPECT_EQ(parse_value("true"), Json(true));
  EXPECT_EQ(parse_value("[1, 2]"), Json({1, 2}));
  EXPECT_EQ(parse_value("adam"), Json("adam"));
  EXPECT_EQ(parse_value("\"0.4\""), Json("0.4"));
  EXPECT_EQ(parse_value(""), Json(""));
}

TEST(ParseValue, RefusesWhatWouldOverflowTheStackAndWhatIsNoText) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(parse_value(nested(32)).dump(), nested(32));
  expect_message<InvalidArgument>([&] { parse_value(nested(33)); }, "nested more than 32 deep");
  expect_message<InvalidArgument>([&] { parse_value(nested(100000)); }, "nested more than 32 deep");
  expect_message<InvalidArgument>([] { parse_value("caf\xe9"); }, "\"caf?\": no text in UTF-8");
  expect_message<InvalidArgument>([] { Spec::parse("sum(\xff=1)"); }, "\"sum(?=1)\": no text in UTF-8");
}

}  // namespace
}  // namespace reconcile
