#pragma once

#include "reconcile/data/pairs.h"

namespace reconcile {

/// Pareto MTL's own data sets: a pickle of four arrays, training images [120000, 36, 36], labels [120000, 2] (upper
/// left item, lower right item), test images and labels. Images stay as they are stored, bytes becoming 0 ... 1; the
/// authors publish no validation split, so it is the last tenth of the training images, as of our rebuilt data. Of the
/// options only the pickle and the numbers of samples (the first n) have a meaning. DataError if the file holds
/// anything else.
DataSplits load_pairs_file(const std::string& name, const PairsOptions& options);

}  // namespace reconcile
