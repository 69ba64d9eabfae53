#include "reconcile/base/json_lines.h"

#include <gtest/gtest.h>

#include <limits>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;
using test::TemporaryFolder;

TEST(ReadJsonLines, GivesOneRecordALine) {
  const TemporaryFolder folder;
  const auto records = read_json_lines(folder.write("run.jsonl", "{\"a\": 1}\n{\"a\": 2}\n"));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1]["a"], 2);
  EXPECT_TRUE(read_json_lines(folder.write("empty", "")).empty());
}

TEST(ReadJsonLines, LeavesOutALastLineThatWasCutShort) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_json_lines(folder.write("run.jsonl", "{\"a\": 1}\n{\"a\":")).size(), 1U);
}

TEST(ReadJsonLines, NamesALineThatIsNoObject) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { read_json_lines(folder.write("run.jsonl", "{\"a\": 1}\n[2]\n{}\n")); },
                            "/run.jsonl:2:");
  expect_message<DataError>([&] { read_json_lines(folder.write("run.jsonl", "{\"a\":\n{}\n")); }, "/run.jsonl:1:");
}

TEST(ReadJsonLines, NamesAFileThatIsNotThere) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { read_json_lines(folder / "no.jsonl"); }, "/no.jsonl: cannot read");
}

TEST(Number, WritesWhatIsNotFiniteAsText) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(number(0.5), Json(0.5));
  EXPECT_EQ(number(infinity), Json("inf"));
  EXPECT_EQ(number(-infinity), Json("-inf"));
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), Json("nan"));
}

}  // namespace
}  // namespace reconcile
