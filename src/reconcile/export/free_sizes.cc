#include "reconcile/export/free_sizes.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/ir.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

namespace jit = torch::jit;

/// A value of the graph and its counterparts in the others.
using Row = std::vector<const jit::Value*>;

bool is_int(const jit::Node& node) {
  return node.kind() == c10::prim::Constant && node.hasAttribute(c10::attr::value) &&
         node.kindOf(c10::attr::value) == jit::AttributeKind::i;
}

bool is_same_constant(const jit::Node& a, const jit::Node& b) {
  if (!a.hasAttribute(c10::attr::value) || !b.hasAttribute(c10::attr::value)) {
    return a.hasAttribute(c10::attr::value) == b.hasAttribute(c10::attr::value);
  }
  const auto kind = a.kindOf(c10::attr::value);
  if (kind != b.kindOf(c10::attr::value)) return false;
  if (kind == jit::AttributeKind::f) return a.f(c10::attr::value) == b.f(c10::attr::value);
  if (kind == jit::AttributeKind::s) return a.s(c10::attr::value) == b.s(c10::attr::value);
  if (kind == jit::AttributeKind::t) return a.t(c10::attr::value).equal(b.t(c10::attr::value));
  return true;  // whole numbers may differ, they are what free_sizes looks at
}

/// A tensor's size, times a factor.
struct Size {
  jit::Value* tensor;
  int64_t dimension;
  int64_t factor;
};

/// Whether factor * size d of the row's tensors is `wanted` in every graph; the factor, or 0.
int64_t factor_of(const Row& row, size_t d, const std::vector<int64_t>& wanted) {
  int64_t factor = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    const int64_t size = sizes_of(*row[i])[d];
    if (size == 0 || wanted[i] % size != 0 || (i > 0 && wanted[i] / size != factor)) return 0;
    factor = wanted[i] / size;
  }
  return factor;
}

/// The size that is `wanted` in every graph, with the smallest factor; `rows` are the tensors known so far.
std::optional<Size> find_size(const std::vector<Row>& rows, const std::vector<int64_t>& wanted) {
  std::optional<Size> best;
  for (const Row& row : rows) {
    for (size_t d = 0; d < sizes_of(*row.front()).size(); ++d) {
      const int64_t factor = factor_of(row, d, wanted);
      if (factor == 0 || (best && best->factor <= factor)) continue;
      best = Size{const_cast<jit::Value*>(row.front()), static_cast<int64_t>(d), factor};
    }
  }
  return best;
}

/// Computes `size` in front of `node`.
jit::Value* insert(jit::Graph& graph, jit::Node* node, const Size& size) {
  const jit::WithInsertPoint guard(node);
  jit::Value* dimension = graph.insertConstant(size.dimension);
  jit::Value* value = graph.insert(c10::aten::size, {size.tensor, dimension});
  return size.factor == 1 ? value : graph.insert(c10::aten::mul, {value, graph.insertConstant(size.factor)});
}

/// Replaces a number by the size that is of the same value in every graph. False if there is
/// none; StateError if it also differs between batches.
bool free_number(jit::Graph& graph, jit::Node* node, const std::vector<int64_t>& values, const std::vector<Row>& rows) {
  if (std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == values.front(); })) return true;
  if (const auto size = find_size(rows, values)) {
    node->output()->replaceAllUsesWith(insert(graph, node, *size));
    return true;
  }
  if (values[1] != values[0]) {
    fail<StateError>("export: a number is {} for a batch of 2 and {} for a batch of 3, and no tensor has that size.",
                     values[0], values[1]);
  }
  return false;
}

/// Adds what one node gives in every graph, if those are tensors.
void append_outputs(const std::vector<const jit::Node*>& same, std::vector<Row>& rows) {
  for (size_t i = 0; i < same.front()->outputs().size(); ++i) {
    Row row;
    for (const jit::Node* each : same) row.push_back(each->outputs()[i]);
    if (!sizes_of(*row.front()).empty()) rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<int64_t> sizes_of(const jit::Value& value) {
  const auto type = value.type()->cast<c10::TensorType>();
  const auto sizes = type ? type->sizes().concrete_sizes() : c10::nullopt;
  return sizes ? *sizes : std::vector<int64_t>{};
}

bool have_same_operations(const jit::Graph& a, const jit::Graph& b) {
  auto left = a.nodes().begin();
  auto right = b.nodes().begin();
  for (; left != a.nodes().end() && right != b.nodes().end(); ++left, ++right) {
    if (left->kind() != right->kind() || left->inputs().size() != right->inputs().size()) return false;
    if (left->kind() == c10::prim::Constant && !is_same_constant(**left, **right)) return false;
    for (size_t i = 0; i < left->outputs().size(); ++i) {
      if (sizes_of(*left->outputs()[i]).size() != sizes_of(*right->outputs()[i]).size()) return false;
    }
  }
  return left == a.nodes().end() && right == b.nodes().end();
}

bool free_sizes(jit::Graph& graph, const std::vector<const jit::Graph*>& others) {
  std::vector<Row> rows{{graph.inputs().back()}};
  std::vector<jit::const_graph_node_list_iterator> counterparts;
  for (const jit::Graph* other : others) {
    counterparts.push_back(other->nodes().begin());
    rows.front().push_back(other->inputs().back());
  }
  bool all_free = true;
  const std::vector<jit::Node*> nodes(graph.nodes().begin(), graph.nodes().end());  // insertions do not disturb it
  for (jit::Node* node : nodes) {
    std::vector<const jit::Node*> same{node};
    for (auto& counterpart : counterparts) same.push_back(*counterpart++);
    if (is_int(*node)) {
      std::vector<int64_t> values;
      for (const jit::Node* each : same) values.push_back(each->i(c10::attr::value));
      all_free = free_number(graph, node, values, rows) && all_free;
    } else {
      append_outputs(same, rows);
    }
  }
  return all_free;
}

}  // namespace reconcile
