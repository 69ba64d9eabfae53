#include "reconcile/data/write_folder.h"

#include <unistd.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

namespace fs = std::filesystem;

int64_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(WriteFolder, AppearsWithAllItsFiles) {
  const test::TemporaryFolder folder;
  write_folder(folder / "new/set", [&](const fs::path& into) {
    write_new_file(into / "a/b/one.txt", "1");
    EXPECT_FALSE(fs::exists(folder / "new/set"));  // not before the end
  });
  EXPECT_EQ(read_file(folder / "new/set/a/b/one.txt"), "1");
  EXPECT_EQ(entries(folder / "new"), 1);
  EXPECT_NE(fs::status(folder / "new/set").permissions() & fs::perms::others_read, fs::perms::none);
}

TEST(WriteFolder, TakesTheOfferOfAnEmptyFolder) {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "set");
  write_folder(folder / "set/", [](const fs::path& into) { write_new_file(into / "x", "y"); });
  EXPECT_EQ(read_file(folder / "set/x"), "y");
}

TEST(WriteFolder, LeavesNothingBehindAFailure) {
  const test::TemporaryFolder folder;
  test::expect_message<DataError>(
      [&] {
        write_folder(folder / "set", [](const fs::path& into) {
          write_new_file(into / "x", "y");
          fail<DataError>("the disk is full");
        });
      },
      {"the disk is full"});
  EXPECT_EQ(entries(folder.path()), 0);
}

TEST(WriteFolder, DoesNotTouchWhatIsThere) {
  const test::TemporaryFolder folder;
  folder.write("set/mine.txt", "mine");
  folder.write("file", "mine");
  for (const char* name : {"set", "file"}) {
    test::expect_message<DataError>([&] { write_folder(folder / name, [](const fs::path&) {}); },
                                    {name, "is there already and not an empty folder"});
  }
  EXPECT_EQ(read_file(folder / "set/mine.txt"), "mine");
}

TEST(WriteFolder, NamesThePathThatCannotBeWritten) {
  const test::TemporaryFolder folder;
  folder.write("file", "mine");
  test::expect_message<DataError>([&] { write_folder(folder / "file/set", [](const fs::path&) {}); },
                                  {"file/set", "Not a directory"});
  test::expect_message<DataError>([&] { write_new_file(folder / "file/inside", "x"); }, {"file/inside"});
}

}  // namespace
}  // namespace reconcile
