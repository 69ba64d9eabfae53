#pragma once

#include <cstdint>
#include <vector>

namespace torch::jit {
struct Graph;
struct Value;
}  // namespace torch::jit

namespace reconcile {

/// The sizes that a traced tensor had; {} for other values.
std::vector<int64_t> sizes_of(const torch::jit::Value& value);

/// Whether two graphs have the same operations on the same values.
bool have_same_operations(const torch::jit::Graph& a, const torch::jit::Graph& b);

/// Every number of `graph` that has another value in one of `others` (the same forward pass on a larger batch, and
/// perhaps on another height and width) becomes a multiple of the size of a tensor that is of that value in all of
/// them. Returns false if a number follows height or width and no size does the same; it then stays as it is.
/// StateError if it follows the batch.
bool free_sizes(torch::jit::Graph& graph, const std::vector<const torch::jit::Graph*>& others);

}  // namespace reconcile
