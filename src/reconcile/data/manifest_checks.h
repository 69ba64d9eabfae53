#pragma once

#include "reconcile/data/manifest.h"

namespace reconcile {

/// What fits together in [dataset], and in a [[task]] whose kind is known. InvalidArgument names file, line and rule.
void check_dataset(const Manifest& manifest);
void check_task(const Manifest& manifest, const ManifestTask& task);

}  // namespace reconcile
