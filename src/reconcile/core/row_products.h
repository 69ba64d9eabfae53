#pragma once

#include <cstdint>

namespace reconcile {

/// Rows [count, P] in memory: row t begins at data + t * stride, its columns lie side by side.
template <class Scalar>
struct RowsView {
  const Scalar* data;
  int64_t count, stride;
};

/// sums[i * a.count + j] += product of row i of `a` and row j of `b` over columns [begin, end); both have equally many
/// rows. With `triangle` only those with j <= i need be right. Added up in the rows' own type inside chunks, in double
/// across them; the order depends on the number of rows and on [begin, end), nothing else.
void add_row_products(RowsView<float> a, RowsView<float> b, bool triangle, int64_t begin, int64_t end, double* sums);
void add_row_products(RowsView<double> a, RowsView<double> b, bool triangle, int64_t begin, int64_t end, double* sums);

/// out[p] = sum over t of weights[t] * rows[t][p] for p in [begin, end), added up in the order of the rows.
void weighted_sum(RowsView<float> rows, const double* weights, int64_t begin, int64_t end, float* out);
void weighted_sum(RowsView<double> rows, const double* weights, int64_t begin, int64_t end, double* out);

}  // namespace reconcile
