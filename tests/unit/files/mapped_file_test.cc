#include "reconcile/files/mapped_file.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

TEST(MappedFile, ShowsTheBytes) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(map_file(folder.write("a", "hello"))->bytes(), "hello");
  EXPECT_EQ(map_file(folder.write("b", ""))->bytes(), "");
}

TEST(MappedFile, SaysWhyItCannotBeOpened) {
  const test::TemporaryFolder folder;
  test::expect_message<DataError>([&] { map_file(folder / "none"); }, "none: cannot read: No such file or directory.");
  test::expect_message<DataError>([&] { map_file(folder.path()); }, "cannot read: Is a directory.");
}

TEST(MappedFile, SafetensorsAreViewsThatKeepTheMapping) {
  const test::TemporaryFolder folder;
  const at::Tensor numbers = at::arange(6, at::kDouble).view({2, 3});
  const NamedTensors tensors = {
      {"flag", at::tensor({0, 1, 1}).to(at::kBool)}, {"odd", at::ones(5).to(at::kByte)}, {"numbers", numbers}};
  const auto path = folder.write("a.safetensors", encode_safetensors(tensors));
  NamedTensors mapped = map_safetensors(path);
  std::filesystem::remove(path);
  for (size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(mapped[i].first, tensors[i].first);
    EXPECT_TRUE(mapped[i].second.equal(tensors[i].second)) << mapped[i].first;
  }
  const auto whole = folder.write("b.safetensors", encode_safetensors({{"a", numbers}, {"b", numbers}}));
  mapped = map_safetensors(whole);  // as far apart as in the file
  EXPECT_EQ(static_cast<char*>(mapped[1].second.data_ptr()) - static_cast<char*>(mapped[0].second.data_ptr()), 48);
}

}  // namespace
}  // namespace reconcile
