#include "reconcile/export/module_tree.h"

#include <torch/csrc/jit/api/module.h>

#include <array>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

/// Words that TorchScript, like Python, does not take as names.
constexpr std::array kKeywords{"False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
                               "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
                               "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
                               "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

/// One module: its own tensors and its children by name.
struct Branch {
  std::map<std::string, at::Tensor> tensors;
  std::vector<std::pair<std::string, std::unique_ptr<Branch>>> children;  // in the order of definition

  Branch& child(const std::string& name) {
    for (auto& [known, branch] : children) {
      if (known == name) return *branch;
    }
    return *children.emplace_back(name, std::make_unique<Branch>()).second;
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return tensors.contains(name) ||
           std::any_of(children.begin(), children.end(), [&](const auto& child) { return child.first == name; });
  }
};

torch::jit::Module module_of(const Branch& branch, const std::string& type,
                             const std::shared_ptr<torch::jit::CompilationUnit>& unit) {
  torch::jit::Module module(c10::QualifiedName(type), unit, /*shouldMangle=*/true);
  module.register_attribute("training", c10::BoolType::get(), false);  // eval() and freeze() look for it
  for (const auto& [name, tensor] : branch.tensors) {
    module.register_parameter(name, tensor, /*is_buffer=*/!tensor.requires_grad());
  }
  for (const auto& [name, child] : branch.children) module.register_module(name, module_of(*child, type, unit));
  return module;
}

}  // namespace

std::string exported_name(const std::string& name) {
  std::string result;
  for (const auto& part : split(name, '.')) {
    std::string legal;
    for (const char c : part) {
      if (c != ']') legal += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    if (std::find(kKeywords.begin(), kKeywords.end(), legal) != kKeywords.end()) legal += '_';
    result += (result.empty() ? "" : ".") + legal;
  }
  return result;
}

torch::jit::Module make_module_tree(const NamedTensors& tensors) {
  Branch root;
  for (const auto& [name, tensor] : tensors) {
    const std::vector<std::string> path = split(exported_name(name), '.');
    Branch* branch = &root;
    for (size_t i = 0; i + 1 < path.size(); ++i) branch = &branch->child(path[i]);
    if (branch->has(path.back())) {
      fail<StateError>("export: \"{}\" and another tensor would both be called \"{}\" in the file. Rename a task.",
                       name, exported_name(name));
    }
    branch->tensors[path.back()] = tensor;
  }
  return module_of(root, "__torch__.reconcile.Network", std::make_shared<torch::jit::CompilationUnit>());
}

std::string attribute_path(const torch::jit::Node& node) {
  const std::string& name = node.s(c10::attr::name);
  const torch::jit::Node* owner = node.input()->node();
  return owner->kind() == c10::prim::GetAttr ? fmt::format("{}.{}", attribute_path(*owner), name) : name;
}

std::set<std::string> tensors_read(const torch::jit::Graph& graph) {
  std::set<std::string> names;
  for (const torch::jit::Node* node : graph.nodes()) {
    if (node->kind() == c10::prim::GetAttr && node->output()->type()->isSubtypeOf(*c10::TensorType::get())) {
      names.insert(attribute_path(*node));
    }
  }
  return names;
}

void detach_tensors(torch::jit::Module& module) {
  for (torch::jit::Module part : module.modules()) {
    const auto& type = part.type();
    for (size_t slot = 0; slot < type->numAttributes(); ++slot) {
      const c10::IValue value = part._ivalue()->getSlot(slot);
      if (value.isTensor()) part._ivalue()->setSlot(slot, value.toTensor().detach());
    }
  }
}

}  // namespace reconcile
