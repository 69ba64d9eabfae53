#include "reconcile/base/digest.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

// Of "abc", from FIPS 180-2 and RFC 1321.
constexpr const char* kSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kSha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr const char* kMd5 = "900150983cd24fb0d6963f7d28e17f72";

TEST(Digest, IsTheStandards) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("abc", "abc");
  EXPECT_EQ(file_digest(path, "SHA256"), kSha256);
  EXPECT_EQ(file_digest(path, "SHA1"), kSha1);
  EXPECT_EQ(file_digest(path, "MD5"), kMd5);
  EXPECT_EQ(payload_digest(path, "MD5"), kMd5) << "no gzip file";
}

TEST(Digest, OfThePayloadOfAGzipFile) {
  const test::TemporaryFolder folder;
  const auto path = folder / "abc.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, "abc", 3);
  gzclose(file);
  EXPECT_EQ(payload_digest(path, "SHA256"), kSha256);
  EXPECT_NE(file_digest(path, "SHA256"), kSha256);
}

TEST(Digest, NamesAFileThatIsNotThere) {
  test::expect_message<DataError>([] { file_digest("none", "MD5"); }, "none: cannot read: ");
  test::expect_message<DataError>([] { payload_digest("none", "MD5"); }, "none: cannot read: ");
}

}  // namespace
}  // namespace reconcile
