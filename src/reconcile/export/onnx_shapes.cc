// Rules for operations that move numbers around.

#include <limits>
#include <numeric>

#include "reconcile/export/onnx_rules.h"

namespace reconcile {
namespace {

using Names = std::vector<std::string>;

Names same(const OnnxCall& c) { return {c.value(0)}; }

Names size(const OnnxCall& c) {
  return {c.graph.add("Gather", {c.graph.add("Shape", {c.value(0)}), c.graph.scalar(c.integer(1))})};
}

Names cat(const OnnxCall& c) { return {c.graph.add("Concat", c.values(0), {{"axis", c.integer(1)}})}; }

Names stack(const OnnxCall& c) {
  Names parts;
  for (const auto& part : c.values(0)) {
    parts.push_back(c.graph.add("Unsqueeze", {part, c.graph.ints({c.integer(1)})}));
  }
  return {c.graph.add("Concat", parts, {{"axis", c.integer(1)}})};
}

Names select(const OnnxCall& c) {
  return {c.graph.add("Gather", {c.value(0), c.graph.scalar(c.integer(2))}, {{"axis", c.integer(1)}})};
}

Names slice(const OnnxCall& c) {
  OnnxGraph& g = c.graph;
  const std::string begin = c.is_none(2) ? g.ints({0}) : c.list(2);
  const std::string end = c.is_none(3) ? g.ints({std::numeric_limits<int64_t>::max()}) : c.list(3);
  return {g.add("Slice", {c.value(0), begin, end, g.ints({c.integer(1)}), c.list(4)})};
}

/// One size that depends on the input is left to be inferred.
Names reshape(const OnnxCall& c) {
  const auto sizes = c.known(1);
  std::vector<int64_t> numbers;
  for (const auto& number : sizes) numbers.push_back(number.value_or(-1));
  const bool is_inferred = std::count(numbers.begin(), numbers.end(), -1) <= 1;
  return {c.graph.add("Reshape", {c.value(0), is_inferred ? c.graph.ints(numbers) : c.list(1)})};
}

/// Dimensions before the joined ones are copied (0), those behind them must not depend on the input.
Names flatten(const OnnxCall& c) {
  const int64_t rank = c.rank(0);
  const int64_t first = c.axis(c.integer(1), rank);
  const int64_t last = c.axis(c.integer(2), rank);
  std::vector<int64_t> shape(first, 0);
  shape.push_back(-1);
  for (int64_t d = last + 1; d < rank; ++d) shape.push_back(c.sizes(0)[d]);
  if (last + 1 < rank) c.graph.fix_size();
  return {c.graph.add("Reshape", {c.value(0), c.graph.ints(shape)})};
}

Names permute(const OnnxCall& c) {
  auto order = c.integers(1);
  for (auto& d : order) d = c.axis(d, c.rank(0));
  return {c.graph.add("Transpose", {c.value(0)}, {{"perm", order}})};
}

Names swap(const OnnxCall& c, int64_t a, int64_t b) {
  std::vector<int64_t> order(c.rank(0));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[c.axis(a, c.rank(0))], order[c.axis(b, c.rank(0))]);
  return {c.graph.add("Transpose", {c.value(0)}, {{"perm", order}})};
}
Names transpose(const OnnxCall& c) { return swap(c, c.integer(1), c.integer(2)); }
Names transpose_matrix(const OnnxCall& c) { return swap(c, 0, 1); }

/// Expand takes 1 for what LibTorch calls -1, a dimension that stays.
Names expand(const OnnxCall& c) { return {c.graph.add("Expand", {c.value(0), c.list(1, /*instead_of_minus_one=*/1)})}; }
Names expand_as(const OnnxCall& c) { return {c.graph.add("Expand", {c.value(0), c.graph.add("Shape", {c.value(1)})})}; }

/// `1 - x` is recorded as a tensor like x that is filled with 1, minus x.
Names fill(const OnnxCall& c) { return {c.graph.add("Expand", {c.value(1), c.graph.add("Shape", {c.value(0)})})}; }

Names unsqueeze(const OnnxCall& c) { return {c.graph.add("Unsqueeze", {c.value(0), c.graph.ints({c.integer(1)})})}; }

Names squeeze(const OnnxCall& c) {
  const int64_t d = c.axis(c.integer(1), c.rank(0));
  return c.sizes(0)[d] == 1 ? Names{c.graph.add("Squeeze", {c.value(0), c.graph.ints({d})})} : same(c);
}

/// Equal parts.
Names chunk(const OnnxCall& c) {
  const int64_t d = c.axis(c.integer(2), c.rank(0));
  if (c.sizes(0)[d] % c.num_outputs() != 0) c.refuse("the parts are not equal");
  return c.graph.add("Split", {c.value(0)}, {{"axis", d}}, c.num_outputs());
}

/// Parts of one size, the last perhaps smaller, or of the sizes of a list.
Names split(const OnnxCall& c) {
  const int64_t d = c.axis(c.integer(2), c.rank(0));
  std::vector<int64_t> sizes = c.integers(1, c.num_outputs());
  sizes.back() += c.sizes(0)[d] - std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  return c.graph.add("Split", {c.value(0), c.graph.ints(sizes)}, {{"axis", d}}, c.num_outputs());
}

Names unbind(const OnnxCall& c) {
  Names parts;
  for (int64_t i = 0; i < c.num_outputs(); ++i) {
    parts.push_back(c.graph.add("Gather", {c.value(0), c.graph.scalar(i)}, {{"axis", c.integer(1)}}));
  }
  return parts;
}

}  // namespace

OnnxRules shape_rules() {
  return {{"aten::size", size},
          {"aten::cat", cat},
          {"aten::stack", stack},
          {"aten::select", select},
          {"aten::slice", slice},
          {"aten::reshape", reshape},
          {"aten::view", reshape},
          {"aten::flatten", flatten},
          {"aten::permute", permute},
          {"aten::transpose", transpose},
          {"aten::t", transpose_matrix},
          {"aten::expand", expand},
          {"aten::expand_as", expand_as},
          {"aten::unsqueeze", unsqueeze},
          {"aten::squeeze", squeeze},
          {"aten::chunk", chunk},
          {"aten::split", split},
          {"aten::split_with_sizes", split},
          {"aten::unbind", unbind},
          {"aten::contiguous", same},
          {"aten::detach", same},
          {"aten::clone", same},
          {"aten::alias", same},
          {"aten::empty_like", same},
          {"aten::fill", fill}};
}

}  // namespace reconcile
