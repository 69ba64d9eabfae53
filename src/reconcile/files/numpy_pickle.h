#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

namespace reconcile {

/// The arrays of a pickled tuple or list of NumPy arrays, as `pickle.dump((a, b), file)` writes them with the protocols
/// 2 to 5 of Python 2 or 3: how Pareto MTL's data sets are handed round. Nothing in the pickle is run. Types as
/// `read_npy` reads them; views of the mapped file where it allows it. DataError naming `path` if it holds anything
/// else.
std::vector<at::Tensor> read_numpy_pickle(const std::filesystem::path& path);

}  // namespace reconcile
