#include "reconcile/data/folder_layout.h"

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

const FolderSearch kSearch{
    "shapes",
    {{"plain", {"shapes", "Shapes"}, {{"a.txt"}, {"b.txt", "c.txt"}}}, {"nested", {"shapes"}, {{"in/a.txt"}}}},
    "Fetch it."};

TEST(FindFolder, NamesTheLayoutThatIsThere) {
  const test::TemporaryFolder root;
  root.write("Shapes/a.txt", "");
  root.write("Shapes/c.txt", "");
  EXPECT_EQ(find_folder(kSearch, {root.path()}).path, root / "Shapes");
  EXPECT_EQ(find_folder(kSearch, {root.path()}).layout.name, "plain");
  EXPECT_EQ(find_folder(kSearch, {root / "Shapes"}).path, root / "Shapes");
  root.write("other/in/a.txt", "");
  EXPECT_EQ(find_folder(kSearch, {root / "none", root / "other"}).layout.name, "nested");
}

TEST(FindFolder, SaysWhatWasExpectedAndWhatTheFoldersHold) {
  const test::TemporaryFolder root;
  root.write("shapes/a.txt", "");
  test::expect_message<DataError>([&] { find_folder(kSearch, {root.path()}); },
                                  {"shapes: not found. Looked in\n  " + root.path().string() +
                                       ": expected shapes or Shapes with a.txt, b.txt or c.txt (plain); or shapes with "
                                       "in/a.txt (nested), found shapes",
                                   "/shapes: found a.txt\nFetch it."});
}

TEST(FolderLayout, ListsFilesAndFoldersApart) {
  const test::TemporaryFolder root;
  root.write("b/x", "");
  root.write("a/x", "");
  root.write("2", "");
  EXPECT_EQ(folders_in(root.path()), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(files_in(root.path()), std::vector<std::string>{"2"});
  EXPECT_TRUE(files_in(root / "none").empty());
}

}  // namespace
}  // namespace reconcile
