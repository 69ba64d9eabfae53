// LibTorch seeds its own generator differently in every process: here every test starts with the same numbers.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace reconcile {
namespace {

class SameNumbers final : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { at::manual_seed(1); }
};

const bool is_listening = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new SameNumbers);  // which GoogleTest deletes
  return true;
}();

}  // namespace
}  // namespace reconcile
