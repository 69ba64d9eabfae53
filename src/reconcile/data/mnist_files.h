#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/data/folder_layout.h"

namespace reconcile {

/// Pictures of ten classes.
struct LabelledImages {
  at::Tensor images;  ///< uint8 [N, 28, 28]
  at::Tensor labels;  ///< int64 [N], 0 to 9
};

/// A data set that comes in the four files of MNIST, in the folders people keep them in.
struct MnistFiles {
  std::string name;                            ///< "mnist", for messages
  std::vector<std::filesystem::path> folders;  ///< below a root, the usual one first
  std::string address;                         ///< where the files are to be had
};
/// Handwritten digits: `<root>/mnist` or torchvision's `<root>/MNIST/raw`.
MnistFiles mnist();
/// Pieces of clothing: `<root>/fashion-mnist` or torchvision's `<root>/FashionMNIST/raw`.
MnistFiles fashion_mnist();

/// The first folder below one of the roots that has the training images; a root itself only by its name (see
/// FolderSearch::by_name).
std::filesystem::path find_folder(const MnistFiles& files, const std::vector<std::filesystem::path>& roots);

/// Reads the images and labels of `part` ("train" or "t10k"), each with .gz or without, spelled
/// `-idx3` or `.idx3`. DataError if a file is missing, is damaged, or does not fit the other.
LabelledImages read_part(const std::filesystem::path& folder, const std::string& part);

}  // namespace reconcile
