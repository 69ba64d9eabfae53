#include "reconcile/nn/pretrained.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

TEST(Pretrained, PathsAreTakenAsTheyAre) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("my weights.pth", "");
  EXPECT_EQ(find_weights(path.string()), path);
}

TEST(Pretrained, RefusesPathsThatAreNotThere) {
  expect_message<DataError>([] { find_weights("nowhere/w.pth"); }, "weights = \"nowhere/w.pth\": no such file",
                            "or one of torchvision:resnet18, ");
  expect_message<DataError>([] { find_weights("/"); }, "weights = \"/\": no such file");
}

TEST(Pretrained, RefusesUnknownNetworksWithASuggestion) {
  expect_message<InvalidArgument>(
      [] { find_weights("torchvision:resnet19"); },
      "weights = \"torchvision:resnet19\": no such network. Did you mean \"torchvision:resnet18\"?");
}

/// Files of the right names are in the cache, and the only way to the network is a proxy that is not there.
class PretrainedCache : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("https_proxy", "http://127.0.0.1:1", 1);
    ::unsetenv("TORCH_HOME");
    ::unsetenv("XDG_CACHE_HOME");
    ::setenv("HOME", (folder_ / "home").c_str(), 1);
  }
  test::TemporaryFolder folder_;
};

TEST_F(PretrainedCache, IsWherePythonKeepsIt) {
  const std::string file = "hub/checkpoints/resnet18-f37072fd.pth";
  const auto home = folder_.write("home/.cache/torch/" + file, "");
  EXPECT_EQ(find_weights("torchvision:resnet18"), home);
  const auto cache = folder_.write("xdg/torch/" + file, "");
  ::setenv("XDG_CACHE_HOME", (folder_ / "xdg").c_str(), 1);
  EXPECT_EQ(find_weights("torchvision:resnet18"), cache);
  const auto torch_home = folder_.write("torch/" + file, "");
  ::setenv("TORCH_HOME", (folder_ / "torch").c_str(), 1);
  EXPECT_EQ(find_weights("torchvision:resnet18"), torch_home);
}

TEST_F(PretrainedCache, IsFilledFromPyTorchsServer) {
  expect_message<DataError>(
      [] { find_weights("torchvision:resnet50"); },
      "https://download.pytorch.org/models/resnet50-0676ba61.pth: cannot fetch: ", "127.0.0.1 port 1");
}

TEST_F(PretrainedCache, EveryNameHasAFile) {
  EXPECT_EQ(pretrained_names().size(), 5U);
  for (const auto& name : pretrained_names()) {
    const std::string network = name.substr(name.find(':') + 1);
    expect_message<DataError>([&] { find_weights(name); }, "/models/" + network + "-");
  }
}

}  // namespace
}  // namespace reconcile
