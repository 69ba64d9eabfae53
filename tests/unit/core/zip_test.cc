#include "reconcile/core/zip.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

const std::string kGood = make_zip({{"a/data.pkl", "hello"}, {"a/empty", ""}});

/// kGood with `bytes` at `offset` from the first `signature`: PK 1 2 begins a line of the index.
std::string with(const std::string& signature, size_t offset, const std::string& bytes) {
  std::string zip = kGood;
  return zip.replace(zip.find(signature) + offset, bytes.size(), bytes);
}

std::string read(const std::string& zip, const std::string& name) { return ZipReader(zip, "w.pth").read(name); }

TEST(Zip, GivesWhatWasPutIn) {
  const ZipReader zip(kGood, "w.pth");
  EXPECT_EQ(zip.names(), (std::vector<std::string>{"a/data.pkl", "a/empty"}));
  EXPECT_EQ(zip.size("a/data.pkl"), 5U);
  EXPECT_EQ(zip.read("a/data.pkl"), "hello");
  EXPECT_EQ(zip.read("a/empty"), "");
}

TEST(Zip, EntriesAreStoredAsTheyAre) { EXPECT_NE(kGood.find("hello"), std::string::npos); }

TEST(Zip, RefusesEntriesThatAreNotThere) {
  expect_message<DataError>([] { read(kGood, "b"); }, "w.pth: its archive has no entry \"b\"");
}

TEST(Zip, RefusesAnotherSize) {
  std::string out(4, '\0');
  expect_message<DataError>([&] { ZipReader(kGood, "w.pth").read("a/data.pkl", out); },
                            "entry \"a/data.pkl\" has 5 bytes, its tensors need 4");
}

TEST(Zip, RefusesPackedEntries) {
  const std::string packed = with("PK\x01\x02", 10, "\x08");
  expect_message<DataError>([&] { read(packed, "a/data.pkl"); },
                            "entry \"a/data.pkl\" is packed; torch.save stores its entries. Zip it again with -0.");
}

TEST(Zip, RefusesEntriesLargerThanTheFile) {
  const std::string huge = with("PK\x01\x02", 24, "\xff\xff\xff\x7f");
  expect_message<DataError>([&] { read(huge, "a/data.pkl"); },
                            "entry \"a/data.pkl\" claims 2147483647 bytes, the whole file has");
}

TEST(Zip, RefusesDamagedEntries) {
  expect_message<DataError>([&] { read(with("hello", 1, "u"), "a/data.pkl"); },
                            "entry \"a/data.pkl\" is damaged: CRC error");
}

TEST(Zip, RefusesTwoEntriesOfOneName) {
  expect_message<InvalidArgument>(
      [] {
        make_zip({{"a", ""}, {"a", ""}});
      },
      "a zip archive cannot hold \"a\": File already exists");
}

}  // namespace
}  // namespace reconcile
