// Rules for element-wise operations and for sums.

#include <numbers>

#include "reconcile/export/onnx_rules.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

/// The ONNX operation of that name with one operand.
#define UNARY(name) [](const OnnxCall& c) { return Names{c.graph.add(name, {c.value(0)})}; }
/// The ONNX operation of that name with two operands.
#define BINARY(name) [](const OnnxCall& c) { return Names{c.graph.add(name, {c.value(0), c.value(1)})}; }

/// a + alpha b, or a - alpha b.
Names sum(const OnnxCall& c, const char* operation) {
  std::string b = c.value(1);
  if (c.num_arguments() > 2 && c.number(2) != 1) b = c.graph.add("Mul", {b, c.value(2)});
  return {c.graph.add(operation, {c.value(0), b})};
}
Names add(const OnnxCall& c) { return sum(c, "Add"); }
Names sub(const OnnxCall& c) { return sum(c, "Sub"); }

Names rsub(const OnnxCall& c) {
  if (c.number(2) != 1) c.refuse("alpha is not 1");
  return {c.graph.add("Sub", {c.value(1), c.value(0)})};
}

Names div(const OnnxCall& c) {
  if (c.num_arguments() > 2 && !c.is_none(2)) c.refuse("it rounds");
  return {c.graph.add("Div", {c.value(0), c.value(1)})};
}

Names clip(const OnnxCall& c) { return {c.graph.add("Clip", {c.value(0), c.value(1), c.value(2)})}; }
Names clip_below(const OnnxCall& c) { return {c.graph.add("Clip", {c.value(0), c.value(1)})}; }
Names clip_above(const OnnxCall& c) { return {c.graph.add("Clip", {c.value(0), "", c.value(1)})}; }
Names relu6(const OnnxCall& c) { return {c.graph.add("Clip", {c.value(0), c.graph.scalar(0.0), c.graph.scalar(6.0)})}; }

/// x Phi(x), with Phi by erf.
Names gelu(const OnnxCall& c) {
  if (c.text(1) != "none") c.refuse("only gelu by erf is known");
  OnnxGraph& g = c.graph;
  const std::string erf = g.add("Erf", {g.add("Mul", {c.value(0), g.scalar(1 / std::numbers::sqrt2)})});
  const std::string twice_phi = g.add("Add", {erf, g.scalar(1.0)});
  return {g.add("Mul", {g.add("Mul", {c.value(0), twice_phi}), g.scalar(0.5)})};
}

Names softmax(const OnnxCall& c) { return {c.graph.add("Softmax", {c.value(0)}, {{"axis", c.integer(1)}})}; }
Names log_softmax(const OnnxCall& c) { return {c.graph.add("LogSoftmax", {c.value(0)}, {{"axis", c.integer(1)}})}; }

/// The reduction over the axes in argument i, all if there is none, keeping them if argument i + 1 says so.
Names reduce(const OnnxCall& c, const char* operation, size_t i) {
  const bool is_whole = c.num_arguments() <= i + 1 || c.is_none(i) || c.integers(i).empty();
  std::vector<OnnxAttribute> attributes{{"keepdims", int64_t{c.num_arguments() > i + 1 && c.flag(i + 1)}}};
  if (!is_whole) attributes.emplace_back("axes", c.integers(i));
  return {c.graph.add(operation, {c.value(0)}, attributes)};
}
Names mean(const OnnxCall& c) { return reduce(c, "ReduceMean", 1); }

/// The one reduction that takes its axes as a value in opset 13.
Names reduce_sum(const OnnxCall& c) {
  const bool is_whole = c.num_arguments() <= 2 || c.is_none(1) || c.integers(1).empty();
  const Names inputs = is_whole ? Names{c.value(0)} : Names{c.value(0), c.graph.ints(c.integers(1))};
  return {c.graph.add("ReduceSum", inputs, {{"keepdims", int64_t{c.num_arguments() > 2 && c.flag(2)}}})};
}

Names norm(const OnnxCall& c) {
  const double p = c.is_none(1) ? 2 : c.number(1);
  if (p != 1 && p != 2) c.refuse("only the norms with p = 1 and p = 2 are known");
  return reduce(c, p == 1 ? "ReduceL1" : "ReduceL2", 2);
}

}  // namespace

OnnxRules arithmetic_rules() {
  return {{"aten::add", add},
          {"aten::sub", sub},
          {"aten::rsub", rsub},
          {"aten::mul", BINARY("Mul")},
          {"aten::div", div},
          {"aten::pow", BINARY("Pow")},
          {"aten::maximum", BINARY("Max")},
          {"aten::minimum", BINARY("Min")},
          {"aten::relu", UNARY("Relu")},
          {"aten::sigmoid", UNARY("Sigmoid")},
          {"aten::tanh", UNARY("Tanh")},
          {"aten::exp", UNARY("Exp")},
          {"aten::log", UNARY("Log")},
          {"aten::sqrt", UNARY("Sqrt")},
          {"aten::abs", UNARY("Abs")},
          {"aten::neg", UNARY("Neg")},
          {"aten::reciprocal", UNARY("Reciprocal")},
          {"aten::clamp", clip},
          {"aten::hardtanh", clip},
          {"aten::clamp_min", clip_below},
          {"aten::clamp_max", clip_above},
          {"aten::relu6", relu6},
          {"aten::gelu", gelu},
          {"aten::softmax", softmax},
          {"aten::log_softmax", log_softmax},
          {"aten::mean", mean},
          {"aten::sum", reduce_sum},
          {"aten::norm", norm},
          {"aten::linalg_vector_norm", norm}};
}

}  // namespace reconcile
