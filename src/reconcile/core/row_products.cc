#include "reconcile/core/row_products.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "reconcile/core/vector_width.h"

namespace reconcile {
namespace {

constexpr int64_t kChunk = 1024;  ///< columns that are added up before the sums become double

/// Where kSide rows of a tile begin.
template <int kSide, class Scalar>
using Side = std::array<const Scalar*, kSide>;

/// `rows` from row `first` on, from column `begin` on; behind the last row stands the last one again.
template <int kSide, class Scalar>
RECONCILE_INLINE Side<kSide, Scalar> side_of(const RowsView<Scalar>& rows, int64_t first, int64_t begin) {
  Side<kSide, Scalar> side;
  for (int64_t r = 0; r < kSide; ++r) side[r] = rows.data + std::min(first + r, rows.count - 1) * rows.stride + begin;
  return side;
}

/// The sum of the lanes, halves onto halves.
template <int kBytes, class Scalar>
RECONCILE_INLINE Scalar sum_lanes(const Scalar* lanes) {
  if constexpr (kBytes == sizeof(Scalar)) {
    return *lanes;
  } else {
    using Half [[gnu::vector_size(kBytes / 2)]] = Scalar;
    Half low, high;
    std::memcpy(&low, lanes, sizeof(low));
    std::memcpy(&high, lanes + sizeof(low) / sizeof(Scalar), sizeof(high));
    low += high;
    return sum_lanes<kBytes / 2>(reinterpret_cast<const Scalar*>(&low));
  }
}

/// products[i * kSide + j] = product of row i of `a` and row j of `b`, where kTriangle only those with j <= i of one
/// side. The sums stay in registers. Meanwhile the same columns of the rows `ahead` are fetched from memory.
template <int kBytes, int kSide, bool kTriangle, class Scalar>
RECONCILE_INLINE void multiply(const Side<kSide, Scalar>& a, const Side<kSide, Scalar>& b, int64_t num_columns,
                               const RowsView<Scalar>& ahead, double* products) {
  using Loaded [[gnu::vector_size(kBytes), gnu::aligned(sizeof(Scalar))]] = Scalar;
  using Register [[gnu::vector_size(kBytes)]] = Scalar;
  constexpr int kLanes = kBytes / static_cast<int>(sizeof(Scalar));
  const int64_t whole = num_columns - num_columns % kLanes;
  Register sums[kSide][kSide] = {};
  for (int64_t p = 0; p < whole; p += kLanes) {
    Register x[kSide];
    for (int i = 0; i < kSide; ++i) x[i] = *reinterpret_cast<const Loaded*>(a[i] + p);
    for (int j = 0; j < kSide; ++j) {
      const Register y = kTriangle ? x[j] : *reinterpret_cast<const Loaded*>(b[j] + p);
      for (int i = kTriangle ? j : 0; i < kSide; ++i) sums[i][j] += x[i] * y;
    }
    for (int64_t r = 0; r < ahead.count; ++r) __builtin_prefetch(ahead.data + r * ahead.stride + p, 0, 2);
  }
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < (kTriangle ? i + 1 : kSide); ++j) {
      Scalar product = sum_lanes<kBytes>(reinterpret_cast<const Scalar*>(&sums[i][j]));
      for (int64_t p = whole; p < num_columns; ++p) product += a[i][p] * b[j][p];
      products[i * kSide + j] = product;
    }
  }
}

template <class Scalar>
struct AddProducts {
  RowsView<Scalar> a, b;
  bool triangle;
  int64_t begin, end;
  double* sums;

  template <class Width>
  RECONCILE_INLINE void operator()(Width /*width*/) const {
    constexpr int kMost = Width::kCount == 32 ? 4 : 3;  // its square and one more side must find room in the registers
    const int64_t num_sides = (a.count + kMost - 1) / kMost;
    const int64_t side = (a.count + num_sides - 1) / num_sides;
    if (side == 1) return add_all<Width::kBytes, 1>(num_sides);
    if (side == 2) return add_all<Width::kBytes, 2>(num_sides);
    if (side == 3) return add_all<Width::kBytes, 3>(num_sides);
    add_all<Width::kBytes, kMost>(num_sides);
  }

  /// All tiles of a chunk, then the next chunk, of which each tile fetches its share of the rows.
  template <int kBytes, int kSide>
  RECONCILE_INLINE void add_all(int64_t num_sides) const {
    const int64_t num_tiles = triangle ? num_sides * (num_sides + 1) / 2 : num_sides * num_sides;
    const int64_t share = num_tiles == 1 ? 0 : (a.count + num_tiles - 1) / num_tiles;  // the machine foresees one tile
    for (int64_t p = begin; p < end; p += kChunk) {
      RowsView<Scalar> ahead{a.data + p + kChunk, share, a.stride};
      for (int64_t i = 0; i < a.count; i += kSide) {
        for (int64_t j = 0; j < (triangle ? i + 1 : a.count); j += kSide) {
          double products[kSide * kSide] = {};
          const auto rows = side_of<kSide>(a, i, p);
          if (triangle && i == j) {
            multiply<kBytes, kSide, true>(rows, rows, std::min(kChunk, end - p), ahead, products);
          } else {
            multiply<kBytes, kSide, false>(rows, side_of<kSide>(b, j, p), std::min(kChunk, end - p), ahead, products);
          }
          add_tile<kSide>(products, i, j);
          ahead.data += share * a.stride;
          if (ahead.data >= a.data + a.count * a.stride) ahead.count = 0;
        }
      }
    }
  }

  template <int kSide>
  RECONCILE_INLINE void add_tile(const double* products, int64_t i, int64_t j) const {
    for (int64_t r = 0; r < std::min<int64_t>(kSide, a.count - i); ++r) {
      for (int64_t c = 0; c < std::min<int64_t>(kSide, a.count - j); ++c) {
        sums[(i + r) * a.count + j + c] += products[r * kSide + c];
      }
    }
  }
};

template <class Scalar>
struct WeightedSum {
  RowsView<Scalar> rows;
  const double* weights;
  int64_t begin, end;
  Scalar* out;

  template <class Width>
  RECONCILE_INLINE void operator()(Width /*width*/) const {
    for (int64_t p = begin; p < end; p += kChunk) {
      const int64_t count = std::min(kChunk, end - p);
      int64_t t = 0;
      for (; t + 4 <= rows.count; t += 4) add<4>(t, p, count);
      for (; t < rows.count; ++t) add<1>(t, p, count);
    }
  }

  /// Adds kCount rows from row `first` on to `count` columns from column p on; the first rows set them.
  template <int kCount>
  RECONCILE_INLINE void add(int64_t first, int64_t p, int64_t count) const {
    Scalar w[kCount];
    const Scalar* row[kCount];
    for (int k = 0; k < kCount; ++k) {
      w[k] = static_cast<Scalar>(weights[first + k]);
      row[k] = rows.data + (first + k) * rows.stride + p;
    }
    Scalar* to = out + p;
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      Scalar sum = first == 0 ? Scalar(0) : to[i];
      for (int k = 0; k < kCount; ++k) sum += w[k] * row[k][i];
      to[i] = sum;
    }
  }
};

}  // namespace

void add_row_products(RowsView<float> a, RowsView<float> b, bool triangle, int64_t begin, int64_t end, double* sums) {
  run_widest(AddProducts<float>{a, b, triangle, begin, end, sums});
}

void add_row_products(RowsView<double> a, RowsView<double> b, bool triangle, int64_t begin, int64_t end, double* sums) {
  run_widest(AddProducts<double>{a, b, triangle, begin, end, sums});
}

void weighted_sum(RowsView<float> rows, const double* weights, int64_t begin, int64_t end, float* out) {
  run_widest(WeightedSum<float>{rows, weights, begin, end, out});
}

void weighted_sum(RowsView<double> rows, const double* weights, int64_t begin, int64_t end, double* out) {
  run_widest(WeightedSum<double>{rows, weights, begin, end, out});
}

}  // namespace reconcile
