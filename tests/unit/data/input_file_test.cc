#include "reconcile/data/input_file.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(InputFile, ReadsArraysAndImages) {
  const test::TemporaryFolder folder;
  const at::Tensor floats = at::rand({2, 3, 4, 5});
  EXPECT_TRUE(read_inputs(folder.write("a.npy", encode_npy(floats)), {3, 4, 5}, false).equal(floats));
  EXPECT_TRUE(read_inputs(folder.write("b.npy", encode_npy(floats[0])), {3, 4, 5}, false).equal(floats.slice(0, 0, 1)));
  const at::Tensor whole = at::full({1, 2, 2}, 51, at::kByte);
  const at::Tensor read = read_inputs(folder.write("c.npy", encode_npy(whole)), {1, 2, 2}, false);
  EXPECT_TRUE(read.allclose(at::full({1, 1, 2, 2}, 0.2)));
  const auto gray = folder.write("gray.png", encode_png(at::tensor({0, 255}).to(at::kByte).view({1, 1, 2})));
  EXPECT_TRUE(read_inputs(gray, {3, 1, 2}, false).equal(at::tensor({0.F, 1.F}).expand({1, 3, 1, 2})));
  EXPECT_TRUE(read_inputs(gray, {1, 1, 2}, false).equal(at::tensor({0.F, 1.F}).view({1, 1, 1, 2})));
}

TEST(InputFile, ResizesWhenAsked) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.npy", encode_npy(at::arange(4, at::kFloat).view({1, 2, 2})));
  EXPECT_TRUE(read_inputs(path, {1, 1, 1}, true).equal(at::full({1, 1, 1, 1}, 1.5)));
  EXPECT_EQ(read_inputs(path, {1, 6, 8}, true).sizes(), at::IntArrayRef({1, 1, 6, 8}));
  test::expect_message<DataError>(
      [&] {
        read_inputs(path, {1, 6, 8}, false);
      },
      "a.npy: 2 x 2 (height x width)", "the network reads 6 x 8", "--resize");
}

TEST(InputFile, SaysWhatDoesNotFit) {
  const test::TemporaryFolder folder;
  const auto refuses = [&](const at::Tensor& array, const std::string& part) {
    const auto path = folder.write("a.npy", encode_npy(array));
    test::expect_message<DataError>([&] { read_inputs(path, {1, 2, 2}, true); }, "a.npy: ", part);
  };
  refuses(at::zeros({3, 2, 2}), "its shape is [3, 2, 2], the network reads [1, 2, 2] or [N, 1, 2, 2]");
  refuses(at::zeros({2, 2}), "its shape is [2, 2]");
  refuses(at::zeros({0, 1, 2, 2}), "its shape is [0, 1, 2, 2]");
  refuses(at::zeros({1, 2, 2}, at::kLong), "its numbers are Long, must be float32");
  const auto text = folder.write("a.txt", "hello");
  test::expect_message<DataError>([&] { read_inputs(text, {1, 2, 2}, true); }, "neither a NumPy file nor a PNG");
}

}  // namespace
}  // namespace reconcile
