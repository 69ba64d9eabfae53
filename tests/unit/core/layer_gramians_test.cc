#include "reconcile/core/layer_gramians.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/rng.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

ParamLayout layout_of(const std::vector<int64_t>& sizes) {
  ParamLayout layout;
  for (size_t l = 0; l < sizes.size(); ++l) {
    layout.add_layer("layer" + std::to_string(l));
    layout.add_parameter("weight", sizes[l]);
  }
  return layout;
}

/// Rows [T, P] of normal numbers.
at::Tensor random_rows(int64_t num_tasks, int64_t size, at::ScalarType type) {
  Rng rng(1);
  at::Tensor rows = at::empty({num_tasks, size}, at::kDouble);
  for (int64_t i = 0; i < rows.numel(); ++i) rows.data_ptr<double>()[i] = rng.normal();
  return rows.to(type);
}

/// The definition, in double.
at::Tensor naive_gramians(const at::Tensor& rows, const ParamLayout& layout) {
  const at::Tensor exact = rows.to(at::kDouble).contiguous();
  const int64_t T = rows.size(0);
  at::Tensor result = at::zeros({layout.num_layers(), T, T}, at::kDouble);
  auto out = result.accessor<double, 3>();
  const auto in = exact.accessor<double, 2>();
  for (int64_t l = 0; l < layout.num_layers(); ++l) {
    for (int64_t i = 0; i < T; ++i) {
      for (int64_t j = 0; j < T; ++j) {
        for (int64_t p = layout.layers()[l].begin; p < layout.layers()[l].end; ++p) out[l][i][j] += in[i][p] * in[j][p];
      }
    }
  }
  return result;
}

/// Largest difference, relative to the norms of the two rows in that layer.
double relative_error(const at::Tensor& given, const at::Tensor& expected) {
  const at::Tensor norms = expected.diagonal(0, 1, 2).sqrt();
  const at::Tensor scale = norms.unsqueeze(1) * norms.unsqueeze(2);
  return ((given - expected).abs() / scale.clamp_min(1e-300)).max().item<double>();
}

/// Restores the number of threads.
struct Threads {
  int before = at::get_num_threads();
  ~Threads() { at::set_num_threads(before); }
};

// Sizes around the chunks of 1024 and 2048, single numbers, and a layer of many pieces.
const std::vector<int64_t> kSizes = {1, 1025, 2047, 2048, 2049, 7, 100003};

TEST(LayerGramians, EqualTheDefinition) {
  const ParamLayout layout = layout_of(kSizes);
  for (const int64_t num_tasks : {1, 2, 3, 4, 5, 11}) {
    const at::Tensor single = random_rows(num_tasks, layout.size(), at::kFloat);
    EXPECT_LT(relative_error(compute_layer_gramians(single, layout), naive_gramians(single, layout)), 1e-6);
    const at::Tensor precise = random_rows(num_tasks, layout.size(), at::kDouble);
    EXPECT_LT(relative_error(compute_layer_gramians(precise, layout), naive_gramians(precise, layout)), 1e-13);
  }
}

TEST(LayerGramians, AreSymmetricDoublesOnTheCpu) {
  const ParamLayout layout = layout_of(kSizes);
  const at::Tensor gramians = compute_layer_gramians(random_rows(3, layout.size(), at::kFloat), layout);
  EXPECT_EQ(gramians.sizes(), (std::vector<int64_t>{7, 3, 3}));
  EXPECT_EQ(gramians.scalar_type(), at::kDouble);
  EXPECT_TRUE(gramians.equal(gramians.transpose(1, 2)));
}

TEST(LayerGramians, BitsDoNotDependOnTheThreads) {
  const Threads restore;
  const ParamLayout layout = layout_of(kSizes);
  for (const int64_t num_tasks : {3, 6}) {
    const at::Tensor rows = random_rows(num_tasks, layout.size(), at::kFloat);
    at::set_num_threads(1);
    const at::Tensor one = compute_layer_gramians(rows, layout);
    for (const int threads : {2, 3, 7}) {
      at::set_num_threads(threads);
      EXPECT_TRUE(compute_layer_gramians(rows, layout).equal(one)) << threads << " threads";
    }
  }
}

TEST(LayerGramians, ReadRowsThatLieApart) {
  const ParamLayout layout = layout_of({100, 5000});
  const at::Tensor rows = random_rows(4, layout.size(), at::kFloat);
  const at::Tensor expected = compute_layer_gramians(rows, layout);
  const at::Tensor wide = at::cat({rows, rows}, 1).slice(1, 0, layout.size());
  EXPECT_TRUE(compute_layer_gramians(wide, layout).equal(expected));
  const at::Tensor transposed = rows.t().contiguous().t();
  EXPECT_LT(relative_error(compute_layer_gramians(transposed, layout), expected), 1e-6);
}

TEST(LayerGramians, AnEmptyLayerGivesZeros) {
  const ParamLayout layout = layout_of({3, 0, 2});
  const at::Tensor gramians = compute_layer_gramians(at::ones({2, 5}), layout);
  EXPECT_TRUE(gramians[1].equal(at::zeros({2, 2}, at::kDouble)));
  EXPECT_TRUE(gramians[2].equal(at::full({2, 2}, 2.0, at::kDouble)));
}

TEST(LayerGramians, NotANumberStaysInItsLayer) {
  const ParamLayout layout = layout_of({3, 3});
  const at::Tensor rows = at::ones({2, 6});
  rows[0][1] = NAN;
  const at::Tensor gramians = compute_layer_gramians(rows, layout);
  EXPECT_TRUE(gramians[0].isnan().any().item<bool>());
  EXPECT_TRUE(gramians[1].equal(at::full({2, 2}, 3.0, at::kDouble)));
}

TEST(CombineRows, IsTheWeightedSumOfAnyNumberOfRows) {
  for (const int64_t num_tasks : {1, 4, 5, 11}) {
    const at::Tensor rows = random_rows(num_tasks, 10001, at::kDouble);
    const at::Tensor weights = at::arange(1, num_tasks + 1, at::kDouble);
    at::Tensor out = at::full({10001}, NAN, at::kDouble);
    combine_rows(rows, {weights.data_ptr<double>(), weights.data_ptr<double>() + num_tasks}, out);
    EXPECT_TRUE(at::allclose(out, rows.t().mv(weights), 1e-13, 1e-13)) << num_tasks;
  }
}

TEST(CombineRows, IsTheWeightedSumInBothTypes) {
  const at::Tensor rows = random_rows(3, 10001, at::kDouble);
  const std::vector<double> weights = {0.5, -2, 0};
  at::Tensor out = at::full({10001}, NAN, at::kDouble);
  combine_rows(rows, weights, out);
  EXPECT_TRUE(at::allclose(out, rows[0] * 0.5 - rows[1] * 2.0, 1e-14, 1e-14));
  at::Tensor single = at::empty({10001}, at::kFloat);
  combine_rows(rows.to(at::kFloat), weights, single);
  EXPECT_TRUE(at::allclose(single.to(at::kDouble), out, 1e-5, 1e-5));
}

TEST(CombineRows, FillsAPlaceWithGaps) {
  const at::Tensor rows = random_rows(2, 50, at::kFloat);
  const at::Tensor wide = at::zeros({50, 2});
  at::Tensor out = wide.select(1, 0);
  combine_rows(rows, {1, 1}, out);
  EXPECT_TRUE(at::allclose(wide.select(1, 0), rows.sum(0), 1e-5, 1e-6));
  EXPECT_TRUE(wide.select(1, 1).equal(at::zeros({50})));
}

TEST(CombineRows, BitsDoNotDependOnTheThreads) {
  const Threads restore;
  const at::Tensor rows = random_rows(3, 100003, at::kFloat);
  at::Tensor one = at::empty({100003});
  at::Tensor more = at::empty({100003});
  at::set_num_threads(1);
  combine_rows(rows, {0.1, 0.7, -0.3}, one);
  at::set_num_threads(3);
  combine_rows(rows, {0.1, 0.7, -0.3}, more);
  EXPECT_TRUE(one.equal(more));
}

TEST(CrossGramian, IsTheProductOfBothOnAnyNumberOfThreads) {
  const Threads restore;
  for (const auto type : {at::kDouble, at::kFloat}) {
    const at::Tensor both = random_rows(6, 100003, type);
    const at::Tensor a = both.narrow(0, 0, 3);
    const at::Tensor b = both.narrow(0, 3, 3);
    at::set_num_threads(1);
    const at::Tensor product = compute_cross_gramian(a, b);
    const at::Tensor expected = a.to(at::kDouble).mm(b.to(at::kDouble).t());
    EXPECT_LE((product - expected).abs().max().item<double>(), type == at::kDouble ? 1e-9 : 0.1);
    EXPECT_TRUE(compute_cross_gramian(b, a).equal(product.t()));
    at::set_num_threads(3);
    EXPECT_TRUE(compute_cross_gramian(a, b).equal(product));
    // Rows that do not lie in one piece take the general way.
    EXPECT_TRUE(compute_cross_gramian(a.t().contiguous().t(), b).allclose(expected, 1e-9, 1e-3));
  }
}

TEST(CrossGramian, OfManyRowsIsTheProductOfBoth) {
  const at::Tensor both = random_rows(11, 3001, at::kDouble);
  const at::Tensor a = both.narrow(0, 0, 5);
  const at::Tensor b = both.narrow(0, 6, 5);
  EXPECT_TRUE(compute_cross_gramian(a, b).allclose(a.mm(b.t()), 1e-12, 1e-11));
  EXPECT_TRUE(compute_cross_gramian(a, a).allclose(a.mm(a.t()), 1e-12, 1e-11));
}

TEST(CrossGramian, RefusesRowsThatDiffer) {
  test::expect_message<InvalidArgument>(
      [] {
        compute_cross_gramian(at::ones({2, 3}), at::ones({2, 4}));
      },
      "cross Gramian: Float rows of shape 2 x 3 and Float rows of shape 2 x 4.");
  EXPECT_THROW(compute_cross_gramian(at::ones({2, 3}), at::ones({2, 3}, at::kDouble)), InvalidArgument);
}

}  // namespace
}  // namespace reconcile
