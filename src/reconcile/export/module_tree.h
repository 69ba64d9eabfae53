#pragma once

#include <memory>
#include <set>
#include <string>

#include "reconcile/core/safetensors.h"

namespace torch::jit {
struct Graph;
struct Module;
struct Node;
}  // namespace torch::jit

namespace reconcile {

/// The path of a tensor of `MultiTaskModel::state()` in an exported file: dots stay, `conv1[T1+T3].weight` becomes
/// `conv1_T1_T3.weight`, and any other character that no identifier has becomes an underscore.
std::string exported_name(const std::string& name);

/// A tree of modules that holds the tensors under their exported names; those that require gradients are parameters,
/// others buffers. StateError if two tensors get one name.
torch::jit::Module make_module_tree(const NamedTensors& tensors);

/// The dotted path of what a prim::GetAttr node reads: "block1.conv.weight".
std::string attribute_path(const torch::jit::Node& node);

/// The exported names of the tensors that `graph` reads from its first input, the module.
std::set<std::string> tensors_read(const torch::jit::Graph& graph);

/// The same tensors without gradients, in the same tree.
void detach_tensors(torch::jit::Module& module);

}  // namespace reconcile
