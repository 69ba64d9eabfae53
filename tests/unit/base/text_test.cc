#include "reconcile/base/text.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

using Texts = std::vector<std::string>;

TEST(Nearest, FindsTheNearestCandidate) {
  const Texts names = {"mgda", "pcgrad", "graddrop", "cagrad"};
  EXPECT_EQ(nearest("cagrd", names), "cagrad");
  EXPECT_EQ(nearest("pcgard", names), "pcgrad");
  EXPECT_EQ(nearest("mgda", names), "mgda");
}

TEST(Nearest, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest("transformer", {"mgda", "sum"}), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, TakesTheFirstOfEquals) { EXPECT_EQ(nearest("bat", {"cat", "hat"}), "cat"); }

TEST(DidYouMean, IsASentenceOrNothing) {
  EXPECT_EQ(did_you_mean("epoch", {"epochs", "seed"}), " Did you mean \"epochs\"?");
  EXPECT_EQ(did_you_mean("colour", {"epochs", "seed"}), "");
}

TEST(Split, CutsAndTrims) {
  EXPECT_EQ(split("a, b ,c", ','), (Texts{"a", "b", "c"}));
  EXPECT_EQ(split("a,,b,", ','), (Texts{"a", "", "b", ""}));
  EXPECT_EQ(split("one", '.'), Texts{"one"});
}

TEST(Split, GivesNoPieceOfNothing) {
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_TRUE(split("  ", ',').empty());
}

TEST(Trim, RemovesBlanksAtTheEnds) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, Base64OfEveryRest) {  // the examples of RFC 4648
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(Text, IsUtf8OrNot) {
  for (const char* text : {"", "plain", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x99\x82", "\xed\x9f\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  // Latin-1, cut short, more bytes than needed, half a surrogate, beyond the last letter, a byte that never begins one
  for (const char* text :
       {"caf\xe9", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff\xfe", "a\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace reconcile
