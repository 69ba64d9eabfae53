#include "reconcile/report/events.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/report/event_file.h"
#include "unit/base/support.h"

namespace reconcile::report {
namespace {

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

TEST(EventRecord, ChecksumsAreCastagnolis) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(hex(event_record("")).substr(24), "d8ea82a2");  // the mask alone
}

// Written by TensorFlow itself.
TEST(EventRecord, IsTensorFlowsByteForByte) {
  EXPECT_EQ(hex(event_record(version_event(1.0).bytes())),
            "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a");
  EXPECT_EQ(hex(event_record(summary_event(2.0, 7, {scalar_value("loss", 0.5)}).bytes())),
            "1a00000000000000129bd82d09000000000000004010072a0d0a0b0a046c6f7373150000003fc33fc24a");
}

// As `protoc --encode` writes such messages.
TEST(WireMessage, IsProtobufs) {
  WireMessage message;
  message.whole(1, 300).text(2, "testing").real(3, 1.0).reals(16, {1.0});
  EXPECT_EQ(hex(message.bytes()),
            "08ac02"
            "120774657374696e67"
            "19000000000000f03f"
            "820108000000000000f03f");
  EXPECT_EQ(hex(WireMessage().whole(1, ~uint64_t{0}).bytes()), "08ffffffffffffffffff01");
}

TEST(Histogram, EndsAtTheOutermostBinsThatHoldSomething) {
  WireMessage histogram;
  histogram.real(1, -0.5).real(2, 0.5).real(3, 4).real(4, 1.0).real(5, 0.25);
  histogram.reals(6, {-0.5, 0.0, 0.5, 1.0}).reals(7, {0, 3, 1, 0});
  EXPECT_EQ(hex(histogram_value("h", {0, 3, 1, 0}, -1, 1, 0.25).bytes()),
            hex(WireMessage().text(1, "h").message(5, histogram).bytes()));
}

TEST(ImageValue, TakesSizeAndChannelsFromTheFile) {
  std::string png = "\x89PNG\r\n\x1a\n";
  png += std::string("\0\0\0\x0dIHDR\0\0\x01\x02\0\0\0\x03\x08", 17) + '\6';
  WireMessage image;
  image.whole(1, 3).whole(2, 258).whole(3, 4).text(4, png);
  EXPECT_EQ(hex(image_value("p", png, "a.png").bytes()), hex(WireMessage().text(1, "p").message(4, image).bytes()));
}

TEST(ImageValue, RefusesWhatIsNoPng) {
  for (const std::string& bytes : {std::string(), std::string("\x89PNG"), std::string(100, 'x')}) {
    try {
      image_value("p", bytes, "a/b.png");
      FAIL();
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(), "a/b.png: not a PNG picture. Write it again, or take it out of pictures.json.");
    }
  }
}

TEST(EventFile, IsNeverOneThatIsThereAlready) {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 2; ++i) EventFile(folder.path(), 1700000000.7).append("abc");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  ASSERT_EQ(names.size(), 2u);
  EXPECT_TRUE(names[0].starts_with("events.out.tfevents.1700000000.")) << names[0];
  EXPECT_TRUE(names[0].ends_with(".0") && names[1].ends_with(".1")) << names[1];
}

}  // namespace
}  // namespace reconcile::report
