// Rules for operations with parameters.

#include <ATen/ATen.h>

#include "reconcile/export/onnx_rules.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

Names convolution(const OnnxCall& c) {
  const auto padding = c.integers(4, 2);
  std::vector<OnnxAttribute> attributes{{"strides", c.integers(3, 2)},
                                        {"pads", std::vector{padding[0], padding[1], padding[0], padding[1]}},
                                        {"dilations", c.integers(5, 2)},
                                        {"group", c.integer(8)}};
  const bool is_transposed = c.flag(6);
  if (is_transposed) attributes.emplace_back("output_padding", c.integers(7, 2));
  Names inputs{c.value(0), c.value(1)};
  if (!c.is_none(2)) inputs.push_back(c.value(2));
  return {c.graph.add(is_transposed ? "ConvTranspose" : "Conv", inputs, attributes)};
}

Names batch_norm(const OnnxCall& c) {
  if (c.flag(5)) c.refuse("it is in training mode");
  const int64_t channels = c.sizes(0)[1];
  const std::string scale = c.is_none(1) ? c.graph.constant(at::ones({channels})) : c.value(1);
  const std::string shift = c.is_none(2) ? c.graph.constant(at::zeros({channels})) : c.value(2);
  return {c.graph.add("BatchNormalization", {c.value(0), scale, shift, c.value(3), c.value(4)},
                      {{"epsilon", c.number(7)}})};
}

/// x W' + b for rows or for any leading dimensions.
Names linear(const OnnxCall& c) {
  if (c.rank(0) == 2) {
    Names inputs{c.value(0), c.value(1)};
    if (!c.is_none(2)) inputs.push_back(c.value(2));
    return {c.graph.add("Gemm", inputs, {{"transB", int64_t{1}}})};
  }
  const std::string weight = c.graph.add("Transpose", {c.value(1)}, {{"perm", std::vector<int64_t>{1, 0}}});
  const std::string product = c.graph.add("MatMul", {c.value(0), weight});
  return {c.is_none(2) ? product : c.graph.add("Add", {product, c.value(2)})};
}

/// beta b + alpha x y
Names addmm(const OnnxCall& c) {
  return {c.graph.add("Gemm", {c.value(1), c.value(2), c.value(0)}, {{"beta", c.number(3)}, {"alpha", c.number(4)}})};
}

Names matmul(const OnnxCall& c) { return {c.graph.add("MatMul", {c.value(0), c.value(1)})}; }

/// Opset 13 has no operation for it.
Names layer_norm(const OnnxCall& c) {
  OnnxGraph& g = c.graph;
  std::vector<int64_t> axes;
  for (int64_t d = static_cast<int64_t>(c.integers(1).size()); d > 0; --d) axes.push_back(-d);
  const std::string centred = g.add("Sub", {c.value(0), g.add("ReduceMean", {c.value(0)}, {{"axes", axes}})});
  const std::string variance = g.add("ReduceMean", {g.add("Mul", {centred, centred})}, {{"axes", axes}});
  const std::string deviation = g.add("Sqrt", {g.add("Add", {variance, g.scalar(c.number(4))})});
  std::string result = g.add("Div", {centred, deviation});
  if (!c.is_none(2)) result = g.add("Mul", {result, c.value(2)});
  if (!c.is_none(3)) result = g.add("Add", {result, c.value(3)});
  return {result};
}

Names dropout(const OnnxCall& c) {
  if (c.flag(2)) c.refuse("it is in training mode");
  return {c.value(0)};
}

}  // namespace

OnnxRules layer_rules() {
  return {{"aten::_convolution", convolution},
          {"aten::batch_norm", batch_norm},
          {"aten::linear", linear},
          {"aten::addmm", addmm},
          {"aten::matmul", matmul},
          {"aten::bmm", matmul},
          {"aten::mm", matmul},
          {"aten::layer_norm", layer_norm},
          {"aten::dropout", dropout},
          {"aten::feature_dropout", dropout}};
}

}  // namespace reconcile
