#include "reconcile/nn/pretrained.h"

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/base/fetch.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

struct Pretrained {
  const char* name;
  const char* file;  ///< ends in the beginning of its SHA-256
};
constexpr Pretrained kTorchvision[] = {{"torchvision:resnet18", "resnet18-f37072fd.pth"},
                                       {"torchvision:resnet34", "resnet34-b627a593.pth"},
                                       {"torchvision:resnet50", "resnet50-0676ba61.pth"},
                                       {"torchvision:resnet101", "resnet101-63fe2227.pth"},
                                       {"torchvision:mobilenet_v2", "mobilenet_v2-b0353104.pth"}};
constexpr const char* kServer = "https://download.pytorch.org/models/";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where torch.hub keeps weights.
fs::path cache_folder() {
  fs::path home = environment("TORCH_HOME");
  if (home.empty()) {
    const fs::path cache = environment("XDG_CACHE_HOME");
    home = (cache.empty() ? fs::path(environment("HOME")) / ".cache" : cache) / "torch";
  }
  return home / "hub" / "checkpoints";
}

}  // namespace

std::vector<std::string> pretrained_names() {
  std::vector<std::string> names;
  for (const auto& row : kTorchvision) names.emplace_back(row.name);
  return names;
}

fs::path find_weights(const std::string& text) {
  for (const auto& row : kTorchvision) {
    if (text == row.name) return fetch(std::string(kServer) + row.file, cache_folder());
  }
  if (text.starts_with("torchvision:")) {
    fail<InvalidArgument>("weights = \"{}\": no such network.{} Known are {}; any other file can be given by its path.",
                          text, did_you_mean(text, pretrained_names()), fmt::join(pretrained_names(), ", "));
  }
  if (!fs::is_regular_file(text)) {
    fail<DataError>("weights = \"{}\": no such file. Give the path of a .safetensors or .pth file, or one of {}.", text,
                    fmt::join(pretrained_names(), ", "));
  }
  return text;
}

}  // namespace reconcile
