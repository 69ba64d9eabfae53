#include "reconcile/files/table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Table, ReadsCommasTabsAndQuotes) {
  EXPECT_EQ(parse_table("a,b\n1, x y \n", "t").rows, (Rows{{"1", "x y"}}));
  EXPECT_EQ(parse_table("a\tb\r\n1,5\t\r\n", "t").rows, (Rows{{"1,5", ""}}));
  const Table table = parse_table("\xef\xbb\xbf\"a\"\"b\",c\n\n\"1\n2\",\"x,y\"\r\n3,4", "t");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a\"b", "c"}));
  EXPECT_EQ(table.rows, (Rows{{"1\n2", "x,y"}, {"3", "4"}}));
  EXPECT_EQ(table.lines, (std::vector<int64_t>{3, 5}));
}

TEST(Table, FindsColumnsAndNumbers) {
  const Table table = parse_table("id,price\na,1.5e2\nb,+7\nc,\nd,nan\ne,cheap\n", "t.csv");
  EXPECT_EQ(table.column("price"), 1);
  EXPECT_EQ(table.number(0, 1), 150);
  EXPECT_EQ(table.number(1, 1), 7);
  EXPECT_TRUE(std::isnan(table.number(2, 1)));
  EXPECT_TRUE(std::isnan(table.number(3, 1)));
  test::expect_message<DataError>([&] { (void)table.number(4, 1); },
                                  "t.csv:6: column \"price\" is \"cheap\", must be a number");
  test::expect_message<DataError>([&] { (void)table.column("prize"); },
                                  "t.csv: no column \"prize\". Did you mean \"price\"? It has id, price.");
}

TEST(Table, SaysWhatDoesNotFit) {
  const auto refuses = [](const std::string& text, const std::string& part) {
    test::expect_message<DataError>([&] { parse_table(text, "t.csv"); }, part);
  };
  refuses("", "t.csv: empty. The first line must name the columns");
  refuses("\n\n", "t.csv: empty");
  refuses("a,b\n1,2\n\n3\n", "t.csv:4: 1 field(s), the first line names 2 column(s)");
  refuses("a,b\n1,2,3\n", "t.csv:2: 3 field(s)");
  refuses("a,,b\n", "t.csv:1: column 2 has no name");
  refuses("a,b,a\n", "t.csv:1: two columns are called \"a\"");
  refuses("a,b\n1,\"x\n2,3\n", "t.csv:2: a quote does not end");
  refuses("a,b\n1,\"x\"y\n", "t.csv:2: text behind a closing quote");
  refuses(std::string("a,b\n1,\0\n", 8), "t.csv: no text in UTF-8");
  refuses("a,caf\xe9\n1,2\n", "t.csv: no text in UTF-8");
  refuses(
      "\xff\xfe"
      "a",
      "t.csv: no text in UTF-8");
}

TEST(Table, ReadsFiles) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(read_table(folder.write("a.csv", "a\n1\n")).rows, (Rows{{"1"}}));
  test::expect_message<DataError>([&] { read_table(folder / "none.csv"); }, "none.csv: cannot read");
}

}  // namespace
}  // namespace reconcile
