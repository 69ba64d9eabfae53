#include "reconcile/base/paths.h"

#include <gtest/gtest.h>

namespace reconcile {
namespace {

TEST(StaysInside, IsTrueOfRelativePathsThatNeverLeave) {
  for (const char* path : {"a", "a/b c.png", "./a", "a/../b", "a//b", "..a", "a/..", "."}) {
    EXPECT_TRUE(stays_inside(path)) << path;
  }
  for (const char* path : {"", "/", "/etc/passwd", "..", "../a", "a/../../b", "./../a", "//a"}) {
    EXPECT_FALSE(stays_inside(path)) << path;
  }
}

}  // namespace
}  // namespace reconcile
