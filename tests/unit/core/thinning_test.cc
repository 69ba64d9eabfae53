#include "reconcile/core/thinning.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/options.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

at::Tensor mask_of(const Json& rows) {
  std::vector<at::Tensor> tensors;
  for (const Json& row : rows) tensors.push_back(at::tensor(row.get<std::vector<int64_t>>()).to(at::kByte));
  return at::stack(tensors);
}

TEST(Thinning, AgreesWithTheConditionsOfThePaper) {
  const test::TemporaryFolder folder;
  const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/core/thinning_oracle.py";
  const auto answer = folder / "answer.json";
  ASSERT_EQ(std::system(fmt::format("/usr/bin/python3 -B '{}' '{}'", script, answer.string()).c_str()), 0);
  const Json cases = Json::parse(read_file(answer));
  ASSERT_EQ(cases.size(), 80U);
  for (const Json& one : cases) {
    const at::Tensor mask = mask_of(one[0]);
    EXPECT_TRUE(thin(mask).equal(mask_of(one[1]))) << mask << thin(mask);
  }
}

TEST(Thinning, ABarBecomesALineAndALineStays) {
  at::Tensor bar = at::zeros({9, 30}, at::kByte);
  bar.slice(0, 3, 6).fill_(255);
  const at::Tensor line = thin(bar);
  EXPECT_EQ(line.max().item<int>(), 1);
  EXPECT_LE(line.sum(0).max().item<int>(), 1);
  EXPECT_GE(line.sum().item<int>(), 26);
  EXPECT_TRUE(thin(line).equal(line));
  EXPECT_TRUE(thin(bar.t()).sum().item<int>() >= 26);
}

TEST(Thinning, TakesNothingElse) {
  EXPECT_EQ(thin(at::zeros({0, 4}, at::kByte)).sizes(), at::IntArrayRef({0, 4}));
  test::expect_message<InvalidArgument>([] { thin(at::zeros({2, 2})); }, "the mask is Float [2, 2], must be uint8");
  test::expect_message<InvalidArgument>([] { thin(at::zeros({1, 2, 2}, at::kByte)); }, "Byte [1, 2, 2]");
}

}  // namespace
}  // namespace reconcile
