#pragma once

#include "reconcile/data/manifest.h"

namespace reconcile {

/// The names of the samples of each part.
struct PartIds {
  std::vector<std::string> train;
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// The path that a pattern such as `rgb/{id}.png` gives for a sample.
std::filesystem::path sample_path(const std::filesystem::path& root, const std::string& pattern, const std::string& id);

/// What `{id}` can stand for, without a `/`, so that the file exists; sorted. DataError if there is none.
std::vector<std::string> find_ids(const std::filesystem::path& root, const std::string& pattern);

/// Reads the lists of a split, or divides `all()` by its shares, with its seed; a validation part that has no list is
/// taken from the training samples. Within a part the order is that of the list, or of `all()`. DataError if a list
/// cannot be read, an id stands in two places, or a part is empty.
PartIds divide_ids(const std::filesystem::path& root, const ManifestSplit& split,
                   const std::function<std::vector<std::string>()>& all);

}  // namespace reconcile
