#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

namespace reconcile {

/// The forty yes-or-no attributes of CelebA, in the order of its files.
const std::vector<std::string>& celeba_attributes();

/// What CelebA's lists say.
struct CelebaLists {
  std::vector<std::string> files;  ///< names of the pictures
  at::Tensor answers;              ///< uint8 [N, 40]: 1 yes, 0 no
  std::vector<int64_t> parts;      ///< [N], 0 training, 1 validation, 2 test
};

/// Reads the attributes and the partition, as text with blanks (the original) or with commas (Kaggle's). DataError with
/// the line's number for a line of another form, and if the lists are cut short or name different pictures.
CelebaLists read_celeba_lists(const std::filesystem::path& attributes, const std::filesystem::path& partition);

}  // namespace reconcile
