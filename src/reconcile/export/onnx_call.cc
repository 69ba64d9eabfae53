#include "reconcile/export/onnx_call.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "reconcile/base/error.h"
#include "reconcile/export/free_sizes.h"

namespace reconcile {
namespace {

namespace jit = torch::jit;

c10::optional<c10::IValue> constant_of(const jit::Value* value) { return jit::toIValue(value); }

/// A tensor as float32 where LibTorch would treat it as a plain number.
at::Tensor as_operand(const at::Tensor& tensor) {
  return tensor.dim() == 0 || tensor.scalar_type() == at::kDouble ? tensor.to(at::kFloat) : tensor;
}

}  // namespace

std::string OnnxCall::value(size_t i) const {
  const jit::Value* input = node_.input(i);
  if (const auto found = names_.find(input); found != names_.end()) return found->second.front();
  const auto constant = constant_of(input);
  if (!constant) refuse(fmt::format("argument {} is neither a tensor nor a constant", i));
  if (constant->isNone()) return "";
  if (constant->isTensor()) {
    auto& stored = names_[input];
    stored = {graph.constant(as_operand(constant->toTensor()))};
    return stored.front();
  }
  const bool is_size = node_.outputs().front()->type()->kind() == c10::TypeKind::IntType;
  return is_size ? graph.scalar(constant->toInt()) : graph.scalar(constant->toScalar().toDouble());
}

std::vector<std::string> OnnxCall::values(size_t i) const {
  const auto found = names_.find(node_.input(i));
  if (found == names_.end()) refuse(fmt::format("argument {} is not a list of tensors", i));
  return found->second;
}

bool OnnxCall::is_none(size_t i) const { return node_.input(i)->mustBeNone(); }
bool OnnxCall::flag(size_t i) const { return constant_of(node_.input(i))->toBool(); }
int64_t OnnxCall::integer(size_t i) const {
  const auto constant = constant_of(node_.input(i));
  if (!constant) refuse(fmt::format("argument {} depends on the input", i));
  return constant->toInt();
}
double OnnxCall::number(size_t i) const { return constant_of(node_.input(i))->toScalar().toDouble(); }
std::string OnnxCall::text(size_t i) const { return constant_of(node_.input(i))->toStringRef(); }

std::vector<std::optional<int64_t>> OnnxCall::known(size_t i) const {
  std::vector<std::optional<int64_t>> result;
  const jit::Node* maker = node_.input(i)->node();
  if (maker->kind() != c10::prim::ListConstruct) {
    const auto constant = constant_of(node_.input(i));
    if (!constant) refuse(fmt::format("argument {} is not a list of numbers", i));
    if (constant->isInt()) return {constant->toInt()};
    for (const int64_t number : constant->toIntVector()) result.emplace_back(number);
    return result;
  }
  for (const jit::Value* element : maker->inputs()) {
    const auto constant = constant_of(element);
    result.push_back(constant ? std::optional(constant->toInt()) : std::nullopt);
  }
  return result;
}

std::vector<int64_t> OnnxCall::integers(size_t i, size_t repeat) const {
  std::vector<int64_t> result;
  for (const auto& number : known(i)) {
    if (!number) refuse(fmt::format("argument {} depends on the size of the input", i));
    result.push_back(*number);
  }
  if (result.size() == 1) result.resize(repeat, result.front());
  return result;
}

std::string OnnxCall::list(size_t i, int64_t instead_of_minus_one) const {
  const jit::Value* input = node_.input(i);
  if (names_.contains(input)) return graph.add("Unsqueeze", {value(i), graph.ints({0})});
  auto elements = known(i);
  std::replace(elements.begin(), elements.end(), std::optional<int64_t>(-1), std::optional(instead_of_minus_one));
  if (std::count(elements.begin(), elements.end(), std::nullopt) == 0) {
    std::vector<int64_t> numbers;
    for (const auto& element : elements) numbers.push_back(*element);
    return graph.ints(numbers);
  }
  std::vector<std::string> parts;
  for (size_t k = 0; k < elements.size(); ++k) {
    parts.push_back(elements[k]
                        ? graph.ints({*elements[k]})
                        : graph.add("Unsqueeze", {names_.at(input->node()->input(k)).front(), graph.ints({0})}));
  }
  return graph.add("Concat", parts, {{"axis", int64_t{0}}});
}

std::vector<double> OnnxCall::numbers(size_t i) const {
  if (is_none(i)) return {};
  const jit::Node* maker = node_.input(i)->node();
  if (maker->kind() != c10::prim::ListConstruct) return {number(i)};
  std::vector<double> result;
  for (const jit::Value* element : maker->inputs()) result.push_back(constant_of(element)->toScalar().toDouble());
  return result;
}

std::vector<int64_t> OnnxCall::sizes(size_t i) const { return sizes_of(*node_.input(i)); }

size_t OnnxCall::num_arguments() const { return node_.inputs().size(); }
std::vector<int64_t> OnnxCall::output_sizes() const { return sizes_of(*node_.outputs().front()); }

bool OnnxCall::feeds_only(size_t k, const std::string& operation) const {
  const auto& uses = node_.outputs()[k]->uses();
  return std::all_of(uses.begin(), uses.end(),
                     [&](const jit::Use& use) { return use.user->kind().toQualString() == operation; });
}

int64_t OnnxCall::num_outputs() const {
  if (node_.outputs().size() > 1) return static_cast<int64_t>(node_.outputs().size());
  const auto& uses = node_.output()->uses();
  const bool is_unpacked = uses.size() == 1 && uses.front().user->kind() == c10::prim::ListUnpack;
  return static_cast<int64_t>(is_unpacked ? uses.front().user->outputs().size() : 1);
}

OnnxCall OnnxCall::maker(size_t i) const { return {*node_.input(i)->node(), names_, graph, where_}; }

std::string OnnxCall::operation() const { return node_.kind().toQualString(); }

bool OnnxCall::overwrites_temporary() const {
  const jit::Value* target = node_.input(0);
  const c10::FunctionSchema* schema = target->node()->maybeSchema();
  if (schema == nullptr || target->uses().size() != 1) return false;
  const c10::AliasInfo* alias = schema->returns().front().alias_info();
  return alias == nullptr || alias->isWrite();  // no view
}

void OnnxCall::refuse(const std::string& reason) const {
  fail<StateError>("export: {}{}: {}. Export as torchscript, which takes every network.", operation(),
                   where_.empty() ? "" : fmt::format(" (behind {})", where_), reason);
}

}  // namespace reconcile
