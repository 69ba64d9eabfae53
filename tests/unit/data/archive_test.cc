#include "reconcile/data/archive.h"

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/sources.h"
#include "reconcile/data/write_folder.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

namespace fs = std::filesystem;

/// Archives made by Python's tarfile and zipfile, good and hostile.
constexpr const char* kMaker = R"(
import io, os, sys, tarfile, zipfile
folder = sys.argv[1]
def tar(name, entries, mode="w:gz"):
    with tarfile.open(f"{folder}/{name}", mode) as out:
        for path, kind, value in entries:
            info = tarfile.TarInfo(path)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(value)
                out.addfile(info, io.BytesIO(value))
            else:
                info.linkname = value
                out.addfile(info)
F, D, S, L = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
tar("good.tgz", [("set", D, ""), ("set/a.txt", F, b"first"), ("./set/deep/b.txt", F, b"second")])
tar("good.tar.xz", [("a.txt", F, b"first")], "w:xz")
tar("up.tgz", [("ok.txt", F, b"x"), ("set/../../evil.txt", F, b"x")])
tar("absolute.tgz", [("/tmp/evil.txt", F, b"x")])
tar("symlink.tgz", [("set", S, "/etc"), ("set/passwd", F, b"x")])
tar("hardlink.tgz", [("set", L, "/etc/passwd")])
tar("device.tgz", [("null", tarfile.CHRTYPE, "")])
tar("fifo.tgz", [("pipe", tarfile.FIFOTYPE, "")])
tar("bomb.tgz", [("big", F, bytes(1 << 20)), ("more", F, bytes(1 << 20))])
tar("empty.tgz", [])
tar("clash.tgz", [("a", F, b"x"), ("a/b", F, b"x")])
with zipfile.ZipFile(f"{folder}/good.zip", "w", zipfile.ZIP_DEFLATED) as out:
    out.writestr("set/a.txt", "first")
with zipfile.ZipFile(f"{folder}/up.zip", "w") as out:
    out.writestr("../evil.txt", "x")
import bz2, gzip
for name, path in (("backslash", "set\\..\\evil.txt"), ("drive", "C:/evil.txt"), ("escape", "a\x1b[2Jb"), ("line", "a\nb")):
    tar(f"{name}.tgz", [(path, F, b"x")])
plain = open(f"{folder}/good.tgz", "rb").read()
open(f"{folder}/twice.tgz", "wb").write(gzip.compress(plain))
open(f"{folder}/mixed.tar.bz2", "wb").write(bz2.compress(plain))
tar("rows.tar.xz", [("zeros", F, bytes(48 << 20))], "w:xz")
open(f"{folder}/many.mtree", "w").write("#mtree\n./passwd type=file contents=/etc/passwd\n")
open(f"{folder}/program.tar.grz", "wb").write(b"GRZipII\0\x02\x04:\x29" + plain)
link = zipfile.ZipInfo("link")
link.create_system, link.external_attr = 3, 0o120777 << 16
with zipfile.ZipFile(f"{folder}/symlink.zip", "w") as out:
    out.writestr(link, "/etc")
tar("large.tgz", [("noise", F, os.urandom(100000))])
data = open(f"{folder}/large.tgz", "rb").read()
open(f"{folder}/cut.tgz", "wb").write(data[:len(data) // 2])
)";

class Archive : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto script = folder_.write("make.py", kMaker);
    const std::string command = fmt::format("python3 -B {} {}", script.string(), folder_.path().string());
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void unpack(const std::string& name, uint64_t max_bytes = 1 << 20) const {
    unpack_archive(folder_ / name, folder_ / "out", max_bytes);
  }
  /// Refused with these words, and nothing was left.
  void expect_refused(const std::string& name, const std::string& part) const {
    test::expect_message<DataError>([&] { unpack(name); }, (folder_ / name).string(), part);
    EXPECT_FALSE(fs::exists(folder_ / "out")) << name;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      EXPECT_FALSE(entry.path().filename().string().starts_with(".out")) << name;
    }
    EXPECT_FALSE(fs::exists(folder_ / "evil.txt")) << name;
  }

  test::TemporaryFolder folder_;
};

TEST_F(Archive, UnpacksTarAndZip) {
  unpack("good.tgz");
  EXPECT_EQ(read_file(folder_ / "out/set/a.txt"), "first");
  EXPECT_EQ(read_file(folder_ / "out/set/deep/b.txt"), "second");
  fs::remove_all(folder_ / "out");
  unpack("good.zip");
  EXPECT_EQ(read_file(folder_ / "out/set/a.txt"), "first");
  fs::remove_all(folder_ / "out");
  unpack("good.tar.xz");
  EXPECT_EQ(read_file(folder_ / "out/a.txt"), "first");
}

TEST_F(Archive, RefusesWhatWouldLieOutside) {
  expect_refused("up.tgz", "\"set/../../evil.txt\" would lie outside");
  expect_refused("absolute.tgz", "\"/tmp/evil.txt\" would lie outside");
  expect_refused("up.zip", "\"../evil.txt\" would lie outside");
}

TEST_F(Archive, RefusesLinksAndDevices) {
  expect_refused("symlink.tgz", "\"set\" is a link");
  expect_refused("hardlink.tgz", "\"set\" is a link");
  expect_refused("symlink.zip", "\"link\" is a link");
  expect_refused("device.tgz", "neither a file nor a folder");
  expect_refused("fifo.tgz", "neither a file nor a folder");
}

TEST_F(Archive, RefusesDamageAndBombs) {
  expect_refused("bomb.tgz", "unpacks to more than 1048576 bytes");
  expect_refused("cut.tgz", "no archive that can be read (tar or zip): truncated");
  expect_refused("make.py", "no archive that can be read (tar or zip): ");
  expect_refused("empty.tgz", "holds nothing");
  test::expect_message<WriteError>([&] { unpack("clash.tgz"); }, "/a: cannot make the folder: Not a directory");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(Archive, AFullDiskIsNamed) {
  const std::string message = test::message_of<WriteError>([&] {
    const test::FullDisk full(1000);
    unpack("large.tgz");
  });
  EXPECT_NE(message.find("/noise: cannot write: File too large"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(Archive, RefusesNamesThatMeanSomethingElseElsewhere) {
  expect_refused("backslash.tgz", "has a backslash or a control character in its name");
  expect_refused("drive.tgz", "\"C:/evil.txt\" would lie outside");
  expect_refused("escape.tgz", "has a backslash or a control character");
  expect_refused("line.tgz", "has a backslash or a control character");
}

TEST_F(Archive, RefusesWhatIsPackedTwiceOrShrinksLikeNoDataSet) {
  expect_refused("twice.tgz", "is packed twice");
  expect_refused("mixed.tar.bz2", "is packed twice");
  test::expect_message<DataError>([&] { unpack("rows.tar.xz", 1 << 30); }, "unpacks to more than 1100 times its size");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(Archive, ReadsNoFormatThatNamesOtherFilesOrNeedsAProgram) {
  expect_refused("many.mtree", "no archive that can be read (tar or zip)");
  expect_refused("program.tar.grz", "no archive that can be read (tar or zip)");
}

TEST_F(Archive, ReplacesNothing) {
  write_new_file(folder_ / "out/mine", "");
  test::expect_message<DataError>([&] { unpack("good.tgz"); }, "out: is there already");
}

/// A source whose archive or files are in the test's folder.
TEST_F(Archive, SourcesAreCheckedAndUnpacked) {
  DataSource source{.name = "s", .terms = "t", .page = "p", .folder = "s", .how = "the archive"};
  const auto data = folder_ / "data";
  test::expect_message<DataError>(
      [&] { fetch_source(source, data, ""); },
      "s: this one is to be downloaded by hand. Terms: t (p).\nGet the archive.\nUnpack it");
  EXPECT_EQ(fetch_source(source, data, folder_ / "good.tgz"), data / "s");
  EXPECT_EQ(read_file(data / "s/set/a.txt"), "first");
  fs::remove_all(data / "s");
  source.unwrap = true;
  fetch_source(source, data, folder_ / "good.tgz");
  EXPECT_EQ(read_file(data / "s/a.txt"), "first") << "without the folder around all";
  source.archive = {"MD5", "00", false};
  test::expect_message<DataError>([&] { fetch_source(source, data, folder_ / "good.tgz"); }, "its MD5 is ",
                                  "must be 00. Download it again");
  test::expect_message<DataError>([&] { fetch_source(source, data, "none.tgz"); }, "none.tgz: no such file");
}

TEST_F(Archive, SourcesOfFilesAreCheckedUnpacked) {
  folder_.write("mirror/a.txt", "first");
  const auto first = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e";  // sha256sum
  DataSource source{.name = "s", .folder = "s", .files = {{"a.txt", {"SHA256", first, true}}}};
  const auto data = folder_ / "data";
  EXPECT_EQ(fetch_source(source, data, folder_ / "mirror"), data / "s");
  EXPECT_EQ(fetch_source(source, data, folder_ / "mirror"), data / "s") << "taken as it is";
  folder_.write("data/s/a.txt", "other");
  test::expect_message<DataError>([&] { fetch_source(source, data, folder_ / "mirror"); },
                                  "a.txt: its SHA256 when unpacked is ", "Remove it and fetch it again");
  fs::remove(folder_ / "data/s/a.txt");
  folder_.write("mirror/a.txt", "wrong");
  test::expect_message<DataError>([&] { fetch_source(source, data, folder_ / "mirror"); },
                                  "its SHA256 when unpacked is ", "It was removed");
}

TEST(DataSources, SayTermsAndPage) {
  for (const auto& source : data_sources()) {
    EXPECT_FALSE(source.terms.empty() || source.page.empty() || source.folder.empty()) << source.name;
    EXPECT_NE(source.files.empty(), source.how.empty()) << source.name;
  }
}

}  // namespace
}  // namespace reconcile
