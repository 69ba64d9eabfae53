#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reconcile {

/// The networks whose ImageNet weights `find_weights` knows: "torchvision:resnet18" ...
std::vector<std::string> pretrained_names();

/// The file that `text` means: a path, or one of `pretrained_names()`, which is fetched from PyTorch's server into
/// `$TORCH_HOME/hub/checkpoints` (where Python's torchvision keeps it too) unless it is there. The names alone use the
/// network. InvalidArgument for an unknown name; DataError if there is no such file, or fetching fails.
std::filesystem::path find_weights(const std::string& text);

}  // namespace reconcile
