#pragma once

#include <filesystem>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// Writes all parts into one safetensors file for `load_packed`, batch by batch: `train/input` (`train/input/TASK` if
/// tasks have inputs of their own) and `train/target/TASK` and so on, each in the narrowest type that keeps every
/// number as it is, with tasks, source and checksums in the metadata. Everything is read twice: to choose the types,
/// and to write. The file appears whole or not at all. Returns its size in bytes. DataError as reading the data, and if
/// the file cannot be written; StateError if the data changed in between.
uint64_t pack(const DataSplits& data, const std::filesystem::path& path);

}  // namespace reconcile
