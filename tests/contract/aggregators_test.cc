// What every aggregator of the catalogue must fulfil on every sample, and the laws that its entry claims. Methods that
// remember something go through three steps of each sample, and every step counts.

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
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Steps = std::vector<StepInput>;

double tolerance(const at::Tensor& rows) { return rows.scalar_type() == at::kDouble ? 1e-9 : 2e-3; }

double length(const at::Tensor& x) { return x.to(at::kDouble).norm().item<double>(); }

/// Equal relative to their own size.
bool is_close(const at::Tensor& a, const at::Tensor& b, double rtol) { return length(a - b) <= rtol * length(b); }

std::unique_ptr<Aggregator> make(const AggregatorEntry& entry) {
  return entry.make(
      Json::object(), [&](const std::string& key) { return entry.info.name + ": " + key; }, make_aggregator);
}

/// The step with every tensor replaced by change(tensor); the other batches as far as the method asks for them.
template <class Change>
StepInput changed(const StepInput& step, const Change& change) {
  StepInput result{change(step.rows), step.losses, {}};
  for (const auto& rows : step.independent) result.independent.push_back(change(rows));
  return result;
}

StepInput permuted(const StepInput& step, const std::vector<int64_t>& order) {
  StepInput result = changed(step, [&](const at::Tensor& rows) { return rows.index_select(0, at::tensor(order)); });
  for (size_t t = 0; t < order.size(); ++t) result.losses[t] = step.losses[order[t]];
  return result;
}

StepInput scaled(const StepInput& step, double scale) {
  StepInput result = changed(step, [&](const at::Tensor& rows) { return rows * scale; });
  for (double& loss : result.losses) loss *= scale;
  return result;
}

template <class Change>
Steps each(const Steps& steps, const Change& change) {
  Steps result;
  for (const auto& step : steps) result.push_back(change(step));
  return result;
}

std::vector<Aggregated> go(Aggregator& aggregator, const Steps& steps, Rng& rng) {
  std::vector<Aggregated> results;
  for (const auto& step : steps) results.push_back(aggregate(aggregator, step, rng));
  return results;
}

std::vector<Aggregated> run(const AggregatorEntry& entry, const Steps& steps, uint64_t seed = kSeed) {
  Rng rng(seed);
  return go(*make(entry), steps, rng);
}

Aggregated run_first(const AggregatorEntry& entry, const StepInput& step) { return run(entry, {step}).front(); }

/// Three steps of random rows, as many batches each as the method asks for.
Steps random_steps(const AggregatorEntry& entry, int64_t T, int64_t P) {
  Rng rng(1);
  Steps steps;
  for (int i = 0; i < 3; ++i) {
    steps.push_back(step_of(normal_matrix(T, P, rng), rng));
    steps.back().independent.resize(make(entry)->batches_per_step() - 1);
  }
  return steps;
}

bool remembers(const AggregatorEntry& entry) {
  const auto aggregator = make(entry);
  Rng rng(kSeed);
  aggregate(*aggregator, random_steps(entry, 3, 6).front(), rng);
  return !aggregator->state().empty();
}

/// What rounding may change in the direction that `result` has for `rows`: a part of the terms it is a sum of.
double rounding(const at::Tensor& rows, const Aggregated& result) {
  at::Tensor norms = rows.to(at::kDouble).norm(2, 1);
  if (result.report.weights) norms = norms * at::tensor(*result.report.weights, at::kDouble).abs();
  return 1e-3 * tolerance(rows) * norms.sum().item<double>();
}

/// Whether `other` / scale has the directions of `expected`, at every step.
bool agree(const Steps& steps, const std::vector<Aggregated>& expected, const std::vector<Aggregated>& other,
           double scale) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const at::Tensor& rows = steps[i].rows;
    const double limit = tolerance(rows) * length(expected[i].direction) + rounding(rows, expected[i]);
    if (length(other[i].direction / scale - expected[i].direction) > limit) return false;
  }
  return true;
}

/// Whether the steps times `scale` can be squared and summed in their type.
bool can_scale(const Steps& steps, double scale) {
  return std::all_of(steps.begin(), steps.end(), [&](const StepInput& step) {
    if (step.rows.scalar_type() == at::kDouble) return true;
    const at::Tensor norms = step.rows.to(at::kDouble).norm(2, 1) * scale;
    const at::Tensor present = norms.masked_select(norms > 0);
    return present.numel() == 0 || (present.min().item<double>() > 1e-15 && present.max().item<double>() < 1e15);
  });
}

bool keeps_permutation(const AggregatorEntry& entry, const Steps& steps) {
  const auto expected = run(entry, steps);
  std::vector<int64_t> reversed(steps[0].rows.size(0));
  std::iota(reversed.rbegin(), reversed.rend(), int64_t{0});
  const std::vector<std::vector<int64_t>> orders = {reversed, Rng(9).permutation(steps[0].rows.size(0))};
  return std::all_of(orders.begin(), orders.end(), [&](const auto& order) {
    return agree(steps, expected, run(entry, each(steps, [&](const StepInput& s) { return permuted(s, order); })), 1);
  });
}

bool is_homogeneous(const AggregatorEntry& entry, const Steps& steps) {
  const auto expected = run(entry, steps);
  const std::vector<double> scales = {1e-12, 1e-4, 3.0, 1e4, 1e12};
  return std::all_of(scales.begin(), scales.end(), [&](double scale) {
    if (!can_scale(steps, scale)) return true;
    const auto other = run(entry, each(steps, [&](const StepInput& s) { return scaled(s, scale); }));
    return agree(steps, expected, other, scale);
  });
}

bool is_non_conflicting(const AggregatorEntry& entry, const Steps& steps) {
  const auto results = run(entry, steps);
  for (size_t i = 0; i < steps.size(); ++i) {
    const at::Tensor rows = steps[i].rows.to(at::kDouble);
    const at::Tensor d = results[i].direction.to(at::kDouble);
    const double size = tolerance(steps[i].rows) * length(d) + rounding(steps[i].rows, results[i]);
    if ((rows.mv(d) < -size * rows.norm(2, 1)).any().item<bool>()) return false;
  }
  return true;
}

using Holds = bool (*)(const AggregatorEntry&, const Steps&);
struct NamedLaw {
  Law law;
  const char* name;
  Holds holds;
};
constexpr NamedLaw kLaws[] = {{kPermutation, "permutation", keeps_permutation},
                              {kHomogeneous, "homogeneity", is_homogeneous},
                              {kNonConflict, "non-conflict", is_non_conflicting}};

/// Whether both hold the same names and bits.
bool are_same(const NamedTensors& a, const NamedTensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && x.second.equal(y.second); });
}

NamedTensors clones(NamedTensors tensors) {
  for (auto& [name, tensor] : tensors) tensor = tensor.clone();
  return tensors;
}

/// Expects a StateError whose message contains `part`.
template <class Call>
void expect_state_error(const Call& call, const std::string& part) {
  try {
    call();
    FAIL() << "nothing was thrown, expected: " << part;
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

class AggregatorContract : public testing::TestWithParam<size_t> {
 protected:
  [[nodiscard]] static const AggregatorEntry& entry() { return aggregators()[GetParam()]; }

  /// Calls `check` with the steps of every sample in float64 and float32: the first one if nothing is remembered.
  template <class Check>
  static void on_samples(const Check& check) {
    const size_t num_steps = remembers(entry()) ? 3 : 1;
    const auto num_batches = static_cast<size_t>(make(entry())->batches_per_step());
    for (const auto& [name, all] : samples()) {
      for (const auto dtype : {at::kDouble, at::kFloat}) {
        SCOPED_TRACE(entry().info.name + ", " + name + (dtype == at::kFloat ? ", float32" : ", float64"));
        Steps steps;
        for (size_t i = 0; i < num_steps; ++i) {
          steps.push_back(changed(all[i], [&](const at::Tensor& rows) { return rows.to(dtype); }));
          steps.back().independent.resize(num_batches - 1);
        }
        check(steps);
      }
    }
  }
};

TEST_P(AggregatorContract, GivesAFiniteDirectionOfTheRowsType) {
  on_samples([](const Steps& steps) {
    const Steps before = each(steps, [](const StepInput& s) { return changed(s, [](auto& x) { return x.clone(); }); });
    const auto results = run(entry(), steps);
    for (size_t i = 0; i < steps.size(); ++i) {
      const auto& [report, direction] = results[i];
      EXPECT_EQ(direction.sizes(), steps[i].rows[0].sizes());
      EXPECT_EQ(direction.scalar_type(), steps[i].rows.scalar_type());
      EXPECT_TRUE(direction.isfinite().all().item<bool>()) << direction;
      EXPECT_TRUE(steps[i].rows.equal(before[i].rows));
      for (const auto& [name, value] : report.diagnostics) EXPECT_TRUE(std::isfinite(value)) << name;
      if (report.diagnostics.count("residual") > 0) {
        EXPECT_LE(report.diagnostics.at("residual"), 1e-12);
      }
    }
  });
}

TEST_P(AggregatorContract, HoldsTheLawsItClaimsAndNoOther) {
  for (const auto& [law, name, holds] : kLaws) {
    const bool is_claimed = (entry().laws & law) != 0;
    bool has_counter_example = false;
    on_samples([&, name = name, holds = holds](const Steps& steps) {
      if ((has_counter_example && !is_claimed) || holds(entry(), steps)) return;
      has_counter_example = true;
      EXPECT_FALSE(is_claimed) << name << " fails for\n" << steps[0].rows << run_first(entry(), steps[0]).direction;
    });
    EXPECT_NE(is_claimed, has_counter_example) << entry().info.name << ": " << name;
  }
}

TEST_P(AggregatorContract, ReducesIdenticalRowsAsDeclared) {
  Rng rng(3);
  const at::Tensor row = normal_matrix(1, 12, rng);
  const auto factor = [&](int64_t num_tasks) {
    StepInput step = random_steps(entry(), num_tasks, 12).front();
    step = changed(step, [&](const at::Tensor&) { return row.repeat({num_tasks, 1}); });
    const at::Tensor d = run_first(entry(), step).direction;
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
  on_samples([](const Steps& steps) {
    StepInput step = changed(steps[0], [](const at::Tensor& rows) { return rows.narrow(0, 0, 1); });
    step.losses.resize(1);
    const at::Tensor& row = step.rows;
    const at::Tensor d = run_first(entry(), step).direction;
    if (length(row) == 0) {
      EXPECT_EQ(length(d), 0);
    } else {
      EXPECT_GT(length(d), 0);
      EXPECT_TRUE(is_close(d * (length(row) / length(d)), row[0], 1e-6));
    }
  });
}

TEST_P(AggregatorContract, GivesWeightsIfItSaysSoAndTheyGiveTheDirection) {
  on_samples([](const Steps& steps) {
    const auto results = run(entry(), steps);
    for (size_t i = 0; i < steps.size(); ++i) {
      const auto& [report, direction] = results[i];
      ASSERT_EQ(report.weights.has_value(), make(entry())->gives_weights());
      if (!report.weights) continue;
      const at::Tensor weights = at::tensor(*report.weights, at::kDouble);
      const at::Tensor terms = weights.unsqueeze(1) * steps[i].rows.to(at::kDouble);  // [T, P]
      EXPECT_LE(length(terms.sum(0) - direction), 1e-6 * terms.norm(2, 1).sum().item<double>());
    }
  });
}

TEST_P(AggregatorContract, GivesTheSameBitsForTheSameSeedOnAnyNumberOfThreads) {
  const int given = at::get_num_threads();
  std::vector<at::Tensor> expected;
  at::set_num_threads(1);
  on_samples([&](const Steps& steps) {
    for (const auto& result : run(entry(), steps)) expected.push_back(result.direction);
  });
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    auto next = expected.begin();
    on_samples([&](const Steps& steps) {
      for (const auto& result : run(entry(), steps)) {
        EXPECT_TRUE(result.direction.equal(*next++)) << threads << " threads";
      }
    });
  }
  at::set_num_threads(given);
}

TEST_P(AggregatorContract, DrawsFromTheRngIfItSaysSo) {
  bool differs = false;
  on_samples([&](const Steps& steps) {
    const auto first = run(entry(), steps, 1);
    const auto second = run(entry(), steps, 2);
    for (size_t i = 0; i < steps.size(); ++i) differs = differs || !first[i].direction.equal(second[i].direction);
    Rng rng(kSeed);
    go(*make(entry()), steps, rng);
    EXPECT_TRUE(rng.counter() == 0 || entry().is_random);
  });
  EXPECT_EQ(differs, entry().is_random);
}

TEST_P(AggregatorContract, ContinuesFromItsStateAsIfNeverStopped) {
  on_samples([](const Steps& steps) {
    const auto expected = run(entry(), steps);
    Rng rng(kSeed);
    NamedTensors state;
    for (size_t i = 0; i < steps.size(); ++i) {
      const auto restored = make(entry());
      restored->load_state(state);
      EXPECT_TRUE(aggregate(*restored, steps[i], rng).direction.equal(expected[i].direction)) << "step " << i;
      state = clones(restored->state());
    }
  });
}

TEST_P(AggregatorContract, RefusesTheStateOfAnotherMethodOrModel) {
  expect_state_error([] { make(entry())->load_state({{"foreign", at::ones({2})}}); }, "Resume with the method");
  if (!remembers(entry())) return;
  Rng rng(kSeed);
  const auto aggregator = make(entry());
  aggregate(*aggregator, random_steps(entry(), 3, 6).front(), rng);
  expect_state_error([&] { aggregate(*aggregator, random_steps(entry(), 4, 6).front(), rng); }, "this step needs [");
}

TEST_P(AggregatorContract, KeepsItsConstantWeights) {
  const auto weights = make(entry())->constant_weights(4);
  if (!weights) return;
  EXPECT_EQ(run_first(entry(), random_steps(entry(), 4, 6).front()).report.weights, weights);
}

TEST_P(AggregatorContract, NamesTasksWhoseGradientsAreNotFiniteAndRemembersNothingOfThem) {
  const Steps steps = random_steps(entry(), 3, 6);
  for (const double bad : {kNaN, std::numeric_limits<double>::infinity()}) {
    for (size_t batch = 0; batch <= steps[1].independent.size(); ++batch) {
      SCOPED_TRACE(fmt::format("{} in batch {}", bad, batch));
      StepInput broken = changed(steps[1], [](const at::Tensor& rows) { return rows.clone(); });
      (batch == 0 ? broken.rows : broken.independent[batch - 1])[1][4] = bad;
      Rng rng(kSeed);
      const auto aggregator = make(entry());
      const auto fails = [&] {
        const NamedTensors before = clones(aggregator->state());
        expect_state_error([&] { aggregate(*aggregator, broken, rng); }, "of task 1 are not finite");
        EXPECT_TRUE(are_same(before, aggregator->state()));
      };
      fails();
      aggregate(*aggregator, steps[0], rng);
      fails();
    }
  }
}

TEST_P(AggregatorContract, NamesWhatTheStepDoesNotBring) {
  StepInput step = random_steps(entry(), 3, 6).front();
  if (!step.independent.empty()) {
    StepInput lonely = step;
    lonely.independent.clear();
    expect_state_error([&] { run_first(entry(), lonely); }, "the step brought 1 batches, it needs 3");
  }
  const at::Tensor expected = run_first(entry(), step).direction;
  step.losses[2] = -1;
  try {
    EXPECT_TRUE(run_first(entry(), step).direction.equal(expected));  // does not look at losses
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("the loss of task 2 is -1, it must be positive"), std::string::npos);
    step.losses.clear();
    expect_state_error([&] { run_first(entry(), step); }, "0 losses for 3 tasks");
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
