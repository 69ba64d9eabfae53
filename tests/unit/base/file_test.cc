#include "reconcile/base/file.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

namespace fs = std::filesystem;
using test::expect_message;
using test::TemporaryFolder;

/// `bytes` as a gzip file.
std::string gzipped(const TemporaryFolder& folder, const std::string& bytes) {
  const fs::path path = folder / "packed";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return read_file(path);
}

TEST(ReadFile, GivesAllBytes) {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\r\n", 5);
  EXPECT_EQ(read_file(folder.write("f", bytes)), bytes);
  EXPECT_EQ(read_file(folder.write("empty", "")), "");
}

TEST(ReadFile, NamesAFileThatIsNotThere) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { read_file(folder / "no"); }, "/no: cannot read: No such file");
}

TEST(ReadFile, RefusesAFolder) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "d");
  expect_message<DataError>([&] { read_file(folder / "d"); }, "/d: cannot read: it is a folder");
}

TEST(ReadMaybeGzip, ReadsPlainAndPackedAlike) {
  const TemporaryFolder folder;
  const std::string bytes(3 << 20, 'x');
  EXPECT_EQ(read_maybe_gzip(folder.write("plain", bytes), 4 << 20), bytes);
  EXPECT_EQ(read_maybe_gzip(folder.write("packed.gz", gzipped(folder, bytes)), 4 << 20), bytes);
}

TEST(ReadMaybeGzip, NamesAFileThatIsNotThere) {
  const TemporaryFolder folder;
  expect_message<DataError>([&] { read_maybe_gzip(folder / "no.gz", 10); }, "/no.gz: no such file.");
}

TEST(ReadMaybeGzip, RefusesWhatUnpacksToTooMuch) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("bomb.gz", gzipped(folder, std::string(1000, '0')));
  EXPECT_EQ(read_maybe_gzip(path, 1000).size(), 1000U);
  expect_message<DataError>([&] { read_maybe_gzip(path, 999); }, "/bomb.gz: holds more than 999 bytes");
}

TEST(ReadMaybeGzip, RefusesEveryCutOfAPackedFile) {
  const TemporaryFolder folder;
  const std::string packed = gzipped(folder, "some bytes that pack into a few more");
  for (size_t length = 11; length < packed.size(); ++length) {
    const fs::path path = folder.write("cut.gz", packed.substr(0, length));
    expect_message<DataError>([&] { read_maybe_gzip(path, 1000); }, "/cut.gz: damaged or cut short after");
  }
}

TEST(ReadMaybeGzip, RefusesADamagedFile) {
  const TemporaryFolder folder;
  std::string packed = gzipped(folder, std::string(100, 'a') + "bcd");
  packed[packed.size() - 6] ^= 1;  // inside the checksum
  expect_message<DataError>([&] { read_maybe_gzip(folder.write("bad.gz", packed), 1000); }, "/bad.gz: damaged",
                            "Fetch it again");
}

TEST(WriteAtomically, ReplacesTheFile) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("f", "old");
  write_atomically(path, "new");
  EXPECT_EQ(read_file(path), "new");
  EXPECT_FALSE(fs::exists(folder / "f.partial"));
}

TEST(WriteAtomically, SaysWhenTheFolderIsNotThere) {
  const TemporaryFolder folder;
  expect_message<WriteError>([&] { write_atomically(folder / "no/f", "x"); },
                             "no/f.partial: cannot create: No such file");
}

TEST(WriteAtomically, KeepsTheOldFileOnAFullDisk) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("f", "old");
  fs::create_symlink("/dev/full", folder / "f.partial");
  expect_message<WriteError>([&] { write_atomically(path, "new"); },
                             "/f: cannot write 3 bytes: No space left on device", "Free some space");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_FALSE(fs::is_symlink(folder / "f.partial"));
}

TEST(WriteAtomically, KeepsNothingAsideWhenRenamingFails) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "d/inside");
  EXPECT_THROW(write_atomically(folder / "d", "x"), std::exception);
  EXPECT_TRUE(fs::exists(folder / "d/inside"));
  EXPECT_FALSE(fs::exists(folder / "d.partial"));
}

TEST(WriteAtomically, SaysWhenSyncingFails) {
  const TemporaryFolder folder;
  fs::create_symlink("/dev/null", folder / "f.partial");
  expect_message<WriteError>([&] { write_atomically(folder / "f", "x"); }, "/f: cannot sync: Invalid argument");
}

TEST(Checksum, IsCrc32) {
  EXPECT_EQ(checksum("123456789"), "cbf43926");  // the check value of the CRC catalogue
  EXPECT_EQ(checksum(""), "00000000");
}

TEST(AtomicFile, AppearsWholeWhateverTheOrderOfWriting) {
  const TemporaryFolder folder;
  AtomicFile file(folder / "f");
  file.write_at(3, "def");
  file.write_at(0, "abc");
  EXPECT_FALSE(fs::exists(folder / "f"));
  file.commit();
  EXPECT_EQ(read_file(folder / "f"), "abcdef");
}

TEST(AtomicFile, LeavesNothingIfItIsNotCommitted) {
  const TemporaryFolder folder;
  { AtomicFile(folder / "f").write_at(0, "abc"); }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(AtomicFile, SaysWhatStandsInItsPlace) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "f/below");
  AtomicFile file(folder / "f");
  expect_message<WriteError>([&] { file.commit(); }, "/f: cannot put the file there: ");
}

TEST(Checksum, OfPiecesIsThatOfTheWhole) {
  EXPECT_EQ(checksum("123456789"), "cbf43926");  // the check value of CRC-32
  EXPECT_EQ(checksum("456789", checksum("123")), "cbf43926");
}

TEST(LineLog, AppendsLines) {
  const TemporaryFolder folder;
  LineLog log(folder / "log", 0);
  log.append("one");
  EXPECT_EQ(read_file(folder / "log"), "one\n");
  log.append("two");
  EXPECT_EQ(log.size(), 8U);
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\n");
}

TEST(LineLog, AppendsBytesAsTheyAre) {
  const TemporaryFolder folder;
  LineLog log(folder / "log", 0);
  log.append_bytes(std::string("a\0b", 3));
  log.append("c");
  EXPECT_EQ(read_file(folder / "log"), std::string("a\0bc\n", 5));
}

TEST(LineLog, GoesOnWhereACheckpointWasTaken) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("log", "one\ntwo\nhal");
  LineLog log(path, 4);
  log.append("again");
  EXPECT_EQ(log.size(), 10U);
  EXPECT_EQ(read_file(path), "one\nagain\n");
}

TEST(LineLog, RefusesAFileThatIsShorterThanItsCheckpoint) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("log", "one\n");
  expect_message<DataError>([&] { LineLog(path, 5); }, "/log: has 4 bytes, the checkpoint was taken at 5");
  EXPECT_EQ(read_file(path), "one\n");
}

TEST(LineLog, SaysWhenItCannotOpen) {
  const TemporaryFolder folder;
  expect_message<WriteError>([&] { LineLog(folder / "no/log", 0); }, "no/log: cannot open for writing: No such file");
}

TEST(LineLog, SaysWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  const fs::path path = folder / "log";
  LineLog log(path, 0);
  log.append("one");
  const std::string message = test::message_of<WriteError>([&] {
    const test::FullDisk full(6);
    log.append("two");
  });
  EXPECT_NE(message.find("/log: cannot write 2 bytes: File too large"), std::string::npos) << message;
  EXPECT_EQ(log.size(), 4U);
  const LineLog again(path, log.size());
  EXPECT_EQ(read_file(path), "one\n");
}

}  // namespace
}  // namespace reconcile
