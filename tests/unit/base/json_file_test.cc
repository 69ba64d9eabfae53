#include "reconcile/base/json_file.h"

#include <gtest/gtest.h>

#include "reconcile/base/config.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/folder_lock.h"
#include "reconcile/base/json_lines.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;
using test::TemporaryFolder;

const Json kDocument = {
    {"name", "a \"b\" {[\\"}, {"list", {1, -2.5, 1e-300, nullptr, true}}, {"empty", Json::object()}};

TEST(Seal, ComesBackAsItWas) {
  for (const int indent : {-1, 1}) EXPECT_EQ(unseal(seal(kDocument, indent), "f"), kDocument);
  const TemporaryFolder folder;
  write_json(folder / "f.json", kDocument);
  EXPECT_EQ(read_json(folder / "f.json"), kDocument);
}

TEST(Seal, WhatWasWrittenByHandNeedsNone) { EXPECT_EQ(unseal(kDocument.dump(), "f"), kDocument); }

TEST(Seal, EveryFlippedBitIsSeenOrHarmless) {
  const std::string good = seal(kDocument, 1);
  int seen = 0;
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string text = good;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
    try {
      EXPECT_EQ(unseal(text, "f"), kDocument) << text;
    } catch (const DataError&) {
      ++seen;
    }
  }
  EXPECT_GT(seen, 6 * static_cast<int>(good.size()));
}

TEST(Seal, NamesTheFileAndBothNumbers) {
  expect_message<DataError>([] { unseal(R"({"a":1,"crc32":"00000000"})", "run/result.json"); },
                            "run/result.json: the CRC-32 is ", "it says \"00000000\"", "take \"crc32\" out of it");
}

TEST(Seal, NamesAChecksumWhoseNameWasHit) {
  expect_message<DataError>([] { unseal(R"({"a":1,"brc32":"00000000"})", "f"); },
                            "f: its last member is \"brc32\", which was \"crc32\": it was damaged. Restore it.");
}

TEST(ParseJson, RefusesWhatIsNestedTooDeep) {
  const std::string deep(100000, '[');
  expect_message<DataError>([&] { parse_json(deep, "f"); }, "f: nested 100000 deep");
  EXPECT_EQ(parse_json("[\"" + std::string(1000, '[') + "\"]", "f").size(), 1U);
}

TEST(ParseJson, SaysWhereItIsWrong) {
  expect_message<DataError>([] { parse_json("{\n\"a\": }", "f"); }, "f: not JSON from byte 8 (line 2) on.");
}

TEST(SealedToml, IsReadLikeAnyOther) {
  const TemporaryFolder folder;
  const Json values{{"seeds", {1, 2}}, {"train", {{"epochs", 3}}}};
  const std::string text = to_sealed_toml(values);
  EXPECT_EQ(Config::from_file(folder.write("a.toml", text)).values(), values);
  std::string changed = text;
  changed[changed.rfind('3')] = '4';
  for (size_t length = 8; length < text.size(); ++length) {
    EXPECT_THROW(Config::from_file(folder.write("cut.toml", text.substr(0, length))), DataError) << length;
  }
  expect_message<DataError>([&] { Config::from_file(folder.write("b.toml", changed)); }, "/b.toml: the CRC-32 is ",
                            "take the first line away");
}

TEST(SealedToml, OfARunIsNeverEmpty) {
  const TemporaryFolder folder;
  folder.write("config.toml", "# crc3");
  expect_message<DataError>([&] { Config::of_run(folder.path()); }, "/config.toml: is empty, so it was damaged.");
}

TEST(RunRecords, AFinishedRunMustHaveItsEnd) {
  const TemporaryFolder folder;
  folder.write("run.jsonl", "{\"type\":\"run\"}\n");
  EXPECT_EQ(read_run_records(folder.path()).size(), 1U);
  folder.write("result.json", "{}");
  expect_message<DataError>([&] { read_run_records(folder.path()); }, "/run.jsonl: ends after 1 records");
  folder.write("run.jsonl", "{\"type\":\"run\"}\n{\"type\":\"end\"}\n");
  EXPECT_EQ(read_run_records(folder.path()).size(), 2U);
}

TEST(FolderLock, KeepsASecondOneOut) {
  const TemporaryFolder folder;
  {
    const FolderLock lock(folder.path());
    expect_message<StateError>([&] { FolderLock second(folder.path()); }, "another run is at work in it");
  }
  const FolderLock again(folder.path());
  expect_message<DataError>([&] { FolderLock none(folder / "no"); }, "/no: cannot open the folder: No such file");
}

TEST(MakeFolder, SaysWhyNot) {
  const TemporaryFolder folder;
  const auto file = folder.write("f", "");
  expect_message<WriteError>(
      [&] { make_folder(file / "g"); },
      "/f/g: cannot make the folder: Not a directory. Make the one above it writable, or choose another place.");
}

}  // namespace
}  // namespace reconcile
