// Rules for operations that change height and width.

#include <ATen/ATen.h>

#include "reconcile/export/onnx_rules.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

/// Window, stride (the window where it is left out) and padding, from arguments 1 to 3.
std::vector<OnnxAttribute> window(const OnnxCall& c) {
  const auto kernel = c.integers(1, 2);
  const auto stride = c.integers(2, 2);
  const auto padding = c.integers(3, 2);
  return {{"kernel_shape", kernel},
          {"strides", stride.empty() ? kernel : stride},
          {"pads", std::vector{padding[0], padding[1], padding[0], padding[1]}}};
}

/// ONNX counts indices over the whole tensor and LibTorch over one channel, so they may only go on to an unpool.
Names max_pool(const OnnxCall& c) {
  if (c.num_outputs() > 1 && !c.feeds_only(1, "aten::max_unpool2d"))
    c.refuse("its indices go elsewhere than to an unpool");
  auto attributes = window(c);
  attributes.emplace_back("dilations", c.integers(4, 2));
  attributes.emplace_back("ceil_mode", int64_t{c.flag(5)});
  return c.graph.add("MaxPool", {c.value(0)}, attributes, c.num_outputs());
}

Names max_unpool(const OnnxCall& c) {
  const OnnxCall pool = c.maker(1);
  if (pool.operation() != "aten::max_pool2d_with_indices") c.refuse("its indices do not come from max_pool2d");
  if (c.output_sizes() != pool.sizes(0)) c.refuse("its output is not of the size of what was pooled");
  const std::string shape = c.graph.add("Shape", {pool.value(0)});
  return {c.graph.add("MaxUnpool", {c.value(0), c.value(1), shape}, window(pool))};
}

Names average_pool(const OnnxCall& c) {
  if (!c.is_none(6)) c.refuse("it has a divisor of its own");
  auto attributes = window(c);
  attributes.emplace_back("ceil_mode", int64_t{c.flag(4)});
  attributes.emplace_back("count_include_pad", int64_t{c.flag(5)});
  return {c.graph.add("AveragePool", {c.value(0)}, attributes)};
}

/// [out, in]: row i has the mean over the i-th of `out` windows.
at::Tensor window_means(int64_t in, int64_t out) {
  at::Tensor means = at::zeros({out, in});
  for (int64_t i = 0; i < out; ++i) {
    const int64_t begin = i * in / out;
    const int64_t end = ((i + 1) * in + out - 1) / out;
    means.select(0, i).slice(0, begin, end).fill_(1.0 / static_cast<double>(end - begin));
  }
  return means;
}

/// The mean of everything, or two products with matrices of means, which hold for this height and width only.
Names adaptive_average_pool(const OnnxCall& c) {
  const auto size = c.integers(1, 2);
  if (size == std::vector<int64_t>{1, 1}) return {c.graph.add("GlobalAveragePool", {c.value(0)})};
  c.graph.fix_size();
  const std::string rows = c.graph.constant(window_means(c.sizes(0)[2], size[0]));
  const std::string columns = c.graph.constant(window_means(c.sizes(0)[3], size[1]).t());
  return {c.graph.add("MatMul", {c.graph.add("MatMul", {rows, c.value(0)}), columns})};
}

/// To the sizes in argument 1, or by the factors in the arguments from `first_factor` on.
Names resize(const OnnxCall& c, size_t first_factor, const std::vector<OnnxAttribute>& attributes) {
  std::vector<double> factors;
  for (size_t i = first_factor; i < c.num_arguments(); ++i) {
    for (const double factor : c.numbers(i)) factors.push_back(factor);
  }
  if (!factors.empty()) {
    const at::Tensor scales = at::tensor({1.0, 1.0, factors.front(), factors.back()}, at::kFloat);
    return {c.graph.add("Resize", {c.value(0), "", c.graph.constant(scales)}, attributes)};
  }
  const std::string shape = c.graph.add("Shape", {c.value(0)});
  const std::string batch_channels = c.graph.add("Slice", {shape, c.graph.ints({0}), c.graph.ints({2})});
  const std::string sizes = c.graph.add("Concat", {batch_channels, c.list(1)}, {{"axis", int64_t{0}}});
  return {c.graph.add("Resize", {c.value(0), "", "", sizes}, attributes)};
}

Names nearest(const OnnxCall& c) {
  return resize(c, 2,
                {{"mode", "nearest"}, {"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}});
}

Names bilinear(const OnnxCall& c) {
  const std::string coordinates = c.flag(2) ? "align_corners" : "half_pixel";
  return resize(c, 3, {{"mode", "linear"}, {"coordinate_transformation_mode", coordinates}});
}

}  // namespace

OnnxRules pooling_rules() {
  return {{"aten::max_pool2d", max_pool},
          {"aten::max_pool2d_with_indices", max_pool},
          {"aten::max_unpool2d", max_unpool},
          {"aten::avg_pool2d", average_pool},
          {"aten::adaptive_avg_pool2d", adaptive_average_pool},
          {"aten::upsample_nearest2d", nearest},
          {"aten::upsample_bilinear2d", bilinear}};
}

}  // namespace reconcile
