#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/data/manifest.h"

namespace reconcile {

/// [C, H, W] of the inputs: [columns, 1, 1] of a table, else that of the first image, which is read. DataError if there
/// is none.
std::vector<int64_t> manifest_input_shape(const Manifest& manifest);

/// The samples of a manifest; images and their targets stay in their files until a batch asks for them. A sample
/// without a file, a row or a value for some task is unknown there. DataError if lists, tables or the first files are
/// not there, or no training sample of a task has a target.
DataSplits load_manifest(const Manifest& manifest);

}  // namespace reconcile
