#pragma once

#include <map>
#include <optional>

#include "reconcile/export/onnx_graph.h"

namespace torch::jit {
struct Node;
struct Value;
}  // namespace torch::jit

namespace reconcile {

/// ONNX values of every traced value: one for a tensor or number, several for a list.
using OnnxNames = std::map<const torch::jit::Value*, std::vector<std::string>>;

/// One traced operation, as a rule sees it: arguments by their place in ATen's signature.
class OnnxCall {
 public:
  OnnxCall(const torch::jit::Node& node, OnnxNames& names, OnnxGraph& graph, std::string where)
      : graph(graph), node_(node), names_(names), where_(std::move(where)) {}

  /// The ONNX value of argument i; a number or tensor constant becomes a constant of the graph.
  [[nodiscard]] std::string value(size_t i) const;
  /// The ONNX values of a list of tensors.
  [[nodiscard]] std::vector<std::string> values(size_t i) const;
  [[nodiscard]] bool is_none(size_t i) const;
  [[nodiscard]] bool flag(size_t i) const;
  [[nodiscard]] int64_t integer(size_t i) const;
  [[nodiscard]] double number(size_t i) const;
  [[nodiscard]] std::string text(size_t i) const;
  /// A list of known numbers; one alone stands for `repeat` of them. StateError if one depends on the input.
  [[nodiscard]] std::vector<int64_t> integers(size_t i, size_t repeat = 1) const;
  /// A number or a list of numbers as an ONNX list, also where some depend on the input.
  [[nodiscard]] std::string list(size_t i, int64_t instead_of_minus_one = -1) const;
  /// A number or a list of numbers, {} for none.
  [[nodiscard]] std::vector<double> numbers(size_t i) const;
  /// The same for each of its elements: the number, or nothing where it depends on the input.
  [[nodiscard]] std::vector<std::optional<int64_t>> known(size_t i) const;
  /// Sizes of argument i when it was traced.
  [[nodiscard]] std::vector<int64_t> sizes(size_t i) const;
  [[nodiscard]] int64_t rank(size_t i) const { return static_cast<int64_t>(sizes(i).size()); }
  /// A dimension counted from the front.
  [[nodiscard]] int64_t axis(int64_t dimension, int64_t rank) const {
    return dimension < 0 ? dimension + rank : dimension;
  }
  [[nodiscard]] size_t num_arguments() const;
  /// Sizes of the first output when it was traced.
  [[nodiscard]] std::vector<int64_t> output_sizes() const;
  /// Whether nothing but `operation` reads output k.
  [[nodiscard]] bool feeds_only(size_t k, const std::string& operation) const;
  /// Number of outputs, those of an unpacked list included.
  [[nodiscard]] int64_t num_outputs() const;
  /// The operation that made argument i.
  [[nodiscard]] OnnxCall maker(size_t i) const;
  [[nodiscard]] std::string operation() const;
  /// Whether argument 0 is a new tensor that nothing else reads, so that writing into it is making another.
  [[nodiscard]] bool overwrites_temporary() const;
  /// StateError: "... aten::pool (behind fc.weight) ..." and the reason.
  [[noreturn]] void refuse(const std::string& reason) const;

  OnnxGraph& graph;

 private:
  const torch::jit::Node& node_;
  OnnxNames& names_;
  std::string where_;
};

/// Turns one traced operation into ONNX operations and returns its values.
using OnnxRule = std::vector<std::string> (*)(const OnnxCall&);

}  // namespace reconcile
