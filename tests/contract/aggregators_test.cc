// What every aggregator of the catalogue must fulfil on every sample, and the laws that its entry claims.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "contract/aggregate.h"
#include "contract/matrices.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

constexpr uint64_t kSeed = 5;

double tolerance(const at::Tensor& rows) { return rows.scalar_type() == at::kDouble ? 1e-9 : 2e-3; }

double length(const at::Tensor& x) { return x.to(at::kDouble).norm().item<double>(); }

/// Equal relative to their own size.
bool is_close(const at::Tensor& a, const at::Tensor& b, double rtol) { return length(a - b) <= rtol * length(b); }

std::unique_ptr<Aggregator> make(const AggregatorEntry& entry) {
  return entry.make(
      Json::object(), [&](const std::string& key) { return entry.info.name + ": " + key; }, make_aggregator);
}

Aggregated run(const AggregatorEntry& entry, const at::Tensor& rows, uint64_t seed = kSeed) {
  Rng rng(seed);
  return aggregate(*make(entry), rows, rng);
}

/// What rounding may change in the direction that `result` has for `rows`: a part of the terms it is a sum of.
double rounding(const at::Tensor& rows, const Aggregated& result) {
  at::Tensor norms = rows.to(at::kDouble).norm(2, 1);
  if (result.report.weights) norms = norms * at::tensor(*result.report.weights, at::kDouble).abs();
  return 1e-3 * tolerance(rows) * norms.sum().item<double>();
}

/// Whether rows times `scale` can be squared and summed in their type.
bool can_scale(const at::Tensor& rows, double scale) {
  if (rows.scalar_type() == at::kDouble) return true;
  const at::Tensor norms = rows.to(at::kDouble).norm(2, 1) * scale;
  const at::Tensor present = norms.masked_select(norms > 0);
  return present.numel() == 0 || (present.min().item<double>() > 1e-15 && present.max().item<double>() < 1e15);
}

bool keeps_permutation(const AggregatorEntry& entry, const at::Tensor& rows) {
  const Aggregated expected = run(entry, rows);
  const double limit = tolerance(rows) * length(expected.direction) + rounding(rows, expected);
  const std::vector<int64_t> shuffled = Rng(9).permutation(rows.size(0));
  for (const at::Tensor& permuted : {rows.flip(0), rows.index_select(0, at::tensor(shuffled))}) {
    if (length(run(entry, permuted).direction - expected.direction) > limit) return false;
  }
  return true;
}

bool is_homogeneous(const AggregatorEntry& entry, const at::Tensor& rows) {
  const Aggregated expected = run(entry, rows);
  const double limit = tolerance(rows) * length(expected.direction) + rounding(rows, expected);
  for (const double scale : {1e-12, 1e-4, 3.0, 1e4, 1e12}) {
    if (!can_scale(rows, scale)) continue;
    if (length(run(entry, rows * scale).direction / scale - expected.direction) > limit) return false;
  }
  return true;
}

bool is_non_conflicting(const AggregatorEntry& entry, const at::Tensor& rows) {
  const Aggregated result = run(entry, rows);
  const at::Tensor d = result.direction.to(at::kDouble);
  const double size = tolerance(rows) * length(d) + rounding(rows, result);
  for (int64_t t = 0; t < rows.size(0); ++t) {
    const at::Tensor g = rows[t].to(at::kDouble);
    if (g.dot(d).item<double>() < -length(g) * size) return false;
  }
  return true;
}

using Holds = bool (*)(const AggregatorEntry&, const at::Tensor&);
struct NamedLaw {
  Law law;
  const char* name;
  Holds holds;
};
constexpr NamedLaw kLaws[] = {{kPermutation, "permutation", keeps_permutation},
                              {kHomogeneous, "homogeneity", is_homogeneous},
                              {kNonConflict, "non-conflict", is_non_conflicting}};

class AggregatorContract : public testing::TestWithParam<size_t> {
 protected:
  [[nodiscard]] static const AggregatorEntry& entry() { return aggregators()[GetParam()]; }

  /// Calls `check` with every sample in float64 and float32.
  template <class Check>
  static void on_samples(const Check& check) {
    for (const auto& sample : samples()) {
      for (const auto dtype : {at::kDouble, at::kFloat}) {
        SCOPED_TRACE(entry().info.name + ", " + sample.name + (dtype == at::kFloat ? ", float32" : ", float64"));
        check(sample.rows.to(dtype));
      }
    }
  }
};

TEST_P(AggregatorContract, GivesAFiniteDirectionOfTheRowsType) {
  on_samples([](const at::Tensor& rows) {
    const at::Tensor before = rows.clone();
    const Aggregated result = run(entry(), rows);
    EXPECT_EQ(result.direction.sizes(), rows[0].sizes());
    EXPECT_EQ(result.direction.scalar_type(), rows.scalar_type());
    EXPECT_TRUE(result.direction.isfinite().all().item<bool>()) << result.direction;
    EXPECT_TRUE(rows.equal(before));
    for (const auto& [name, value] : result.report.diagnostics) EXPECT_TRUE(std::isfinite(value)) << name;
    if (result.report.diagnostics.count("residual") > 0) {
      EXPECT_LE(result.report.diagnostics.at("residual"), 1e-12);
    }
  });
}

TEST_P(AggregatorContract, HoldsTheLawsItClaimsAndNoOther) {
  for (const auto& [law, name, holds] : kLaws) {
    const bool is_claimed = (entry().laws & law) != 0;
    bool has_counter_example = false;
    on_samples([&, name = name, holds = holds](const at::Tensor& rows) {
      if (holds(entry(), rows)) return;
      has_counter_example = true;
      EXPECT_FALSE(is_claimed) << name << " fails for\n" << rows << run(entry(), rows).direction;
    });
    EXPECT_NE(is_claimed, has_counter_example) << entry().info.name << ": " << name;
  }
}

TEST_P(AggregatorContract, ReducesIdenticalRowsAsDeclared) {
  Rng rng(3);
  const at::Tensor row = normal_matrix(1, 12, rng);
  const auto factor = [&](int64_t num_tasks) {
    const at::Tensor d = run(entry(), row.repeat({num_tasks, 1})).direction;
    const double value = d.dot(row[0]).item<double>() / row[0].dot(row[0]).item<double>();
    EXPECT_TRUE(is_close(d, value * row[0], 1e-12));
    return value;
  };
  const double single = factor(1);
  EXPECT_GT(single, 0);
  for (const int64_t T : {2, 5, 40}) {
    const double expected = entry().reduction == Reduction::kSum ? static_cast<double>(T) * single : single;
    EXPECT_NEAR(factor(T), expected, 1e-12 * expected) << T << " tasks";
  }
}

TEST_P(AggregatorContract, FollowsASingleTask) {
  on_samples([](const at::Tensor& rows) {
    const at::Tensor row = rows.narrow(0, 0, 1);
    const at::Tensor d = run(entry(), row).direction;
    if (length(row) == 0) {
      EXPECT_EQ(length(d), 0);
    } else {
      EXPECT_GT(length(d), 0);
      EXPECT_TRUE(is_close(d * (length(row) / length(d)), row[0], 1e-6));
    }
  });
}

TEST_P(AggregatorContract, ReportsWeightsThatGiveTheDirection) {
  on_samples([](const at::Tensor& rows) {
    const Aggregated result = run(entry(), rows);
    if (!result.report.weights) return;
    const at::Tensor weights = at::tensor(*result.report.weights, at::kDouble);
    const at::Tensor terms = weights.unsqueeze(1) * rows.to(at::kDouble);  // [T, P]
    EXPECT_LE(length(terms.sum(0) - result.direction), 1e-6 * terms.norm(2, 1).sum().item<double>());
  });
}

TEST_P(AggregatorContract, GivesTheSameBitsForTheSameSeedOnAnyNumberOfThreads) {
  const int given = at::get_num_threads();
  std::vector<at::Tensor> expected;
  at::set_num_threads(1);
  on_samples([&](const at::Tensor& rows) { expected.push_back(run(entry(), rows).direction); });
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    auto next = expected.begin();
    on_samples([&](const at::Tensor& rows) {
      EXPECT_TRUE(run(entry(), rows).direction.equal(*next++)) << threads << " threads";
    });
  }
  at::set_num_threads(given);
}

TEST_P(AggregatorContract, DrawsFromTheRngIfItSaysSo) {
  bool differs = false;
  on_samples([&](const at::Tensor& rows) {
    differs = differs || !run(entry(), rows, 1).direction.equal(run(entry(), rows, 2).direction);
    Rng rng(kSeed);
    aggregate(*make(entry()), rows, rng);
    EXPECT_TRUE(rng.counter() == 0 || entry().is_random);
  });
  EXPECT_EQ(differs, entry().is_random);
}

TEST_P(AggregatorContract, ContinuesFromItsState) {
  on_samples([](const at::Tensor& rows) {
    const auto original = make(entry());
    Rng rng(kSeed);
    aggregate(*original, rows, rng);
    aggregate(*original, rows, rng);
    const auto restored = make(entry());
    restored->load_state(original->state());
    Rng same = rng;
    EXPECT_TRUE(aggregate(*original, rows, rng).direction.equal(aggregate(*restored, rows, same).direction));
  });
}

TEST_P(AggregatorContract, KeepsItsConstantWeights) {
  const auto weights = make(entry())->constant_weights(4);
  if (!weights) return;
  Rng rng(1);
  EXPECT_EQ(run(entry(), normal_matrix(4, 6, rng)).report.weights, weights);
}

TEST_P(AggregatorContract, NamesTasksWhoseGradientsAreNotFinite) {
  if (make(entry())->constant_weights(3)) return;  // never looks at the gradients
  Rng rng(1);
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    at::Tensor rows = normal_matrix(3, 6, rng);
    rows[1][4] = bad;
    try {
      run(entry(), rows);
      FAIL() << "accepted " << bad;
    } catch (const StateError& error) {
      EXPECT_NE(std::string(error.what()).find("of task 1 are not finite"), std::string::npos) << error.what();
    }
  }
}

std::vector<size_t> all_entries() {
  std::vector<size_t> indices(aggregators().size());
  std::iota(indices.begin(), indices.end(), size_t{0});
  return indices;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AggregatorContract, testing::ValuesIn(all_entries()),
                         [](const auto& info) { return aggregators()[info.param].info.name; });

}  // namespace
}  // namespace reconcile
