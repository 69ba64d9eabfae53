#include "reconcile/core/layer_gramians.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/core/chunks.h"
#include "reconcile/core/row_products.h"

namespace reconcile {
namespace {

template <class Scalar>
RowsView<Scalar> view_of(const at::Tensor& rows) {
  return {rows.data_ptr<Scalar>(), rows.size(0), rows.stride(0)};
}

/// Copies what stands below the diagonal of [L, T, T] to its other side.
void mirror(at::Tensor& gramians) {
  auto g = gramians.accessor<double, 3>();
  for (int64_t l = 0; l < g.size(0); ++l) {
    for (int64_t i = 0; i < g.size(1); ++i) {
      for (int64_t j = 0; j < i; ++j) g[l][j][i] = g[l][i][j];
    }
  }
}

/// Products of the rows over the columns of every range, [ranges, T, T]. Ranges are cut into pieces, whose products are
/// added up in their order.
template <class Scalar>
at::Tensor products(const at::Tensor& a, const at::Tensor& b, const std::vector<ParamLayout::Range>& ranges) {
  const int64_t T = a.size(0);
  std::vector<int64_t> sizes;
  for (const auto& range : ranges) sizes.push_back(range.size());
  const std::vector<Piece> pieces = cut_to_pieces(sizes);
  const auto num_pieces = static_cast<int64_t>(pieces.size());
  const at::Tensor partial = at::zeros({num_pieces, T, T}, at::kDouble);
  double* sums = partial.data_ptr<double>();
  for_pieces(pieces, [&](int64_t k) {
    const int64_t first = ranges[pieces[k].index].begin;
    add_row_products(view_of<Scalar>(a), view_of<Scalar>(b), a.is_same(b), first + pieces[k].begin,
                     first + pieces[k].end, sums + k * T * T);
  });
  at::Tensor result = at::zeros({static_cast<int64_t>(ranges.size()), T, T}, at::kDouble);
  for (int64_t k = 0; k < num_pieces; ++k) {
    double* total = result.data_ptr<double>() + static_cast<int64_t>(pieces[k].index) * T * T;
    for (int64_t i = 0; i < T * T; ++i) total[i] += sums[k * T * T + i];
  }
  if (a.is_same(b)) mirror(result);
  return result;
}

at::Tensor products_of(const at::Tensor& a, const at::Tensor& b, const std::vector<ParamLayout::Range>& ranges) {
  return a.scalar_type() == at::kDouble ? products<double>(a, b, ranges) : products<float>(a, b, ranges);
}

template <class Scalar>
void weighted_sum_of(const at::Tensor& rows, const std::vector<double>& weights, at::Tensor& out) {
  const std::vector<Piece> pieces = cut_to_pieces({out.numel()});
  for_pieces(pieces, [&](int64_t k) {
    weighted_sum(view_of<Scalar>(rows), weights.data(), pieces[k].begin, pieces[k].end, out.data_ptr<Scalar>());
  });
}

bool is_plain(const at::Tensor& t) { return t.device().is_cpu() && t.stride(-1) == 1; }

}  // namespace

at::Tensor compute_layer_gramians(const at::Tensor& rows, const ParamLayout& layout) {
  const at::NoGradGuard no_grad;
  if (is_plain(rows)) return products_of(rows, rows, layout.layers());
  std::vector<at::Tensor> gramians;
  for (const auto& layer : layout.layers()) {
    const at::Tensor block = rows.slice(1, layer.begin, layer.end).to(at::kDouble);
    gramians.push_back(block.mm(block.t()));
  }
  return at::stack(gramians).cpu();
}

at::Tensor compute_cross_gramian(const at::Tensor& a, const at::Tensor& b) {
  const at::NoGradGuard no_grad;
  if (a.sizes() != b.sizes() || a.scalar_type() != b.scalar_type()) {
    fail<InvalidArgument>("cross Gramian: {} rows of shape {} and {} rows of shape {}. Give both the same.",
                          c10::toString(a.scalar_type()), fmt::join(a.sizes(), " x "), c10::toString(b.scalar_type()),
                          fmt::join(b.sizes(), " x "));
  }
  if (is_plain(a) && is_plain(b)) {
    const ParamLayout::Range all{"", 0, a.size(1)};
    return products_of(a, b, {all})[0];
  }
  at::Tensor total = at::zeros({a.size(0), b.size(0)}, a.options().dtype(at::kDouble));
  constexpr int64_t kColumns = 1 << 20;  // so that no [T, P] in double is made
  for (int64_t begin = 0; begin < a.size(1); begin += kColumns) {
    const int64_t end = std::min(begin + kColumns, a.size(1));
    total += a.slice(1, begin, end).to(at::kDouble).mm(b.slice(1, begin, end).to(at::kDouble).t());
  }
  return total.cpu();
}

void combine_rows(const at::Tensor& rows, const std::vector<double>& weights, at::Tensor& out) {
  const at::NoGradGuard no_grad;
  if (is_plain(rows) && is_plain(out)) {
    rows.scalar_type() == at::kDouble ? weighted_sum_of<double>(rows, weights, out)
                                      : weighted_sum_of<float>(rows, weights, out);
    return;
  }
  at::mv_out(out, rows.t(), at::tensor(weights, rows.options()));
}

}  // namespace reconcile
