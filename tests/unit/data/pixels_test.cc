#include "reconcile/data/pixels.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace reconcile {
namespace {

at::Tensor copied(const at::Tensor& stored) {
  at::Tensor slot = at::full(stored.sizes(), -7, at::kFloat);
  copy_pixels(stored, slot);
  return slot;
}

TEST(Pixels, AreCopiedFromAnyStrides) {
  for (const auto type : {at::kFloat, at::kByte}) {
    const at::Tensor x = at::randint(0, 256, {3, 5, 7}, at::kFloat).to(type);
    const at::Tensor expected = type == at::kByte ? x.to(at::kFloat).div(255) : x;
    const at::Tensor last = x.permute({1, 2, 0}).contiguous().permute({2, 0, 1});
    const at::Tensor transposed = x.transpose(1, 2).contiguous().transpose(1, 2);
    for (const auto& stored : {x, last, transposed}) EXPECT_TRUE(copied(stored).equal(expected));
    EXPECT_TRUE(copied(last.slice(2, 1, 4)).equal(expected.slice(2, 1, 4)));
    EXPECT_TRUE(copied(x.slice(0, 0, 1).expand({3, 5, 7})).equal(expected.slice(0, 0, 1).expand({3, 5, 7})));
  }
}

TEST(Pixels, EveryByteIsDividedAsLibTorchDivides) {
  const at::Tensor bytes = at::arange(256).to(at::kByte);
  EXPECT_TRUE(copied(bytes).equal(bytes.to(at::kFloat).div(255)));
}

TEST(Targets, AreCopiedIfAllAreInRange) {
  const at::Tensor classes = at::full({2, 2}, -7, at::kLong);
  const at::Tensor stored = at::tensor({-1, 0, 3, 2}).view({2, 2});
  for (const auto type : {at::kInt, at::kLong}) {
    EXPECT_TRUE(copy_in_range(stored.to(type), classes, {-1, 3}));
    EXPECT_TRUE(classes.equal(stored.to(at::kLong)));
    EXPECT_FALSE(copy_in_range(stored.to(type), classes, {-1, 2}));
    EXPECT_FALSE(copy_in_range(stored.to(type), classes, {0, 3}));
  }
  EXPECT_FALSE(copy_in_range(stored.to(at::kFloat), classes, {-1, 3}));
  const at::Tensor numbers = at::rand({4, 5, 3}).permute({2, 0, 1});
  at::Tensor slot = at::empty({3, 4, 5});
  for (const auto& from : {numbers, numbers.contiguous()}) {
    EXPECT_TRUE(copy_in_range(from, slot, {0, 1}));
    EXPECT_TRUE(slot.equal(numbers));
    for (const double bad : {-0.1, 1.1, static_cast<double>(NAN)}) {
      at::Tensor other = from.clone();
      other[2][3][4] = bad;
      EXPECT_FALSE(copy_in_range(other, slot, {0, 1})) << bad;
    }
  }
}

TEST(Pixels, AreGatheredFromViewsToo) {
  const at::Tensor whole = at::rand({4, 2, 3, 3}).transpose(2, 3);
  const std::vector<int64_t> samples = {3, 0, 3};
  EXPECT_TRUE(gather_pixels(whole, samples).equal(whole.index_select(0, at::tensor({3, 0, 3}, at::kLong))));
}

}  // namespace
}  // namespace reconcile
