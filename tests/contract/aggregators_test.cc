// What every aggregator of the catalogue must fulfil on every sample, and the laws that its entry claims. Methods that
// remember something go through three steps of each sample, and every step counts.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "contract/aggregator_laws.h"
#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile::aggregator_contract {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Whether both hold the same names and bits.
bool are_same(const NamedTensors& a, const NamedTensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && x.second.equal(y.second); });
}

NamedTensors clones(NamedTensors tensors) {
  for (auto& [name, tensor] : tensors) tensor = tensor.clone();
  return tensors;
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
  test::expect_message<StateError>(
      [] {
        make(entry())->load_state({{"foreign", at::ones({2})}});
      },
      "Resume with the method");
  if (!remembers(entry())) return;
  Rng rng(kSeed);
  const auto aggregator = make(entry());
  aggregate(*aggregator, random_steps(entry(), 3, 6).front(), rng);
  test::expect_message<StateError>([&] { aggregate(*aggregator, random_steps(entry(), 4, 6).front(), rng); },
                                   "this step needs [");
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
        test::expect_message<StateError>([&] { aggregate(*aggregator, broken, rng); }, "of task 1 are not finite");
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
    test::expect_message<StateError>([&] { run_first(entry(), lonely); }, "the step brought 1 batches, it needs 3");
  }
  const at::Tensor expected = run_first(entry(), step).direction;
  step.losses[2] = -1;
  try {
    EXPECT_TRUE(run_first(entry(), step).direction.equal(expected));  // does not look at losses
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("the loss of task 2 is -1, it must be positive"), std::string::npos);
    step.losses.clear();
    test::expect_message<StateError>([&] { run_first(entry(), step); }, "0 losses for 3 tasks");
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
}  // namespace reconcile::aggregator_contract
