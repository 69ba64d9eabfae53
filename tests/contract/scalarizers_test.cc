// What every scalarizer of the catalogue must fulfil in short runs on every sample, and the laws that its entry claims.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "contract/scalarizer_laws.h"
#include "reconcile/base/error.h"

namespace reconcile::scalarizer_contract {
namespace {

class ScalarizerContract : public testing::TestWithParam<size_t> {
 protected:
  [[nodiscard]] static const ScalarizerEntry& entry() { return scalarizers()[GetParam()]; }

  template <class Check>
  static void on_samples(const Check& check) {
    for (const auto& sample : loss_samples()) {
      SCOPED_TRACE(entry().info.name + ", " + sample.name);
      check(sample);
    }
  }
};

TEST_P(ScalarizerContract, GivesAFiniteValueAndOneFiniteWeightATask) {
  on_samples([](const LossSample& sample) {
    for (const auto& step : run(entry(), sample)) {
      EXPECT_TRUE(std::isfinite(step.value));
      EXPECT_EQ(static_cast<int64_t>(step.weights.size()), sample.num_tasks());
      for (const double weight : step.weights) EXPECT_TRUE(std::isfinite(weight)) << weight;
    }
  });
}

TEST_P(ScalarizerContract, HoldsTheLawsItClaimsAndNoOther) {
  for (const auto& [law, name, holds] : kLaws) {
    const bool is_claimed = (entry().laws & law) != 0;
    bool has_counter_example = false;
    on_samples([&, name = name, holds = holds](const LossSample& sample) {
      if (holds(entry(), sample)) return;
      has_counter_example = true;
      EXPECT_FALSE(is_claimed) << name << " fails";
    });
    EXPECT_NE(is_claimed, has_counter_example) << entry().info.name << ": " << name;
  }
}

TEST_P(ScalarizerContract, ReducesEqualLossesAsDeclared) {
  const auto totals = [](int64_t num_tasks) {
    Rng rng(3);
    LossSample sample = loss_sample("equal", {1.5}, rng);
    for (auto* rows : {&sample.losses, &sample.after, &sample.achievements}) {
      for (auto& row : *rows) row.assign(static_cast<size_t>(num_tasks), row[0]);
    }
    Losses result;
    for (const auto& step : run(entry(), sample)) {
      result.push_back(sum(step.weights));
      if (!entry().is_random) {
        for (const double weight : step.weights) EXPECT_NEAR(weight, step.weights[0], 1e-12 * std::abs(weight));
      }
    }
    return result;
  };
  const Losses single = totals(1);
  for (const int64_t T : {2, 5, 40}) {
    const Losses all = totals(T);
    // Parameters of a mean move more slowly the more tasks there are, so later steps differ where there are any.
    const size_t steps =
        make(entry(), 1)->parameters().empty() || entry().reduction == Reduction::kSum ? all.size() : 1;
    for (size_t k = 0; k < steps; ++k) {
      const double expected = entry().reduction == Reduction::kSum ? static_cast<double>(T) * single[k] : single[k];
      EXPECT_NEAR(all[k], expected, 1e-10 * expected) << T << " tasks, step " << k;
    }
  }
}

TEST_P(ScalarizerContract, LeavesTheDerivativesOfItsParameters) {
  on_samples([](const LossSample& sample) {
    const Losses& losses = sample.losses[3];
    Frozen frozen(entry(), sample, 3);
    const auto parameters = frozen.scalarizer().parameters();
    const Scalarization center = frozen.at(losses);
    std::vector<at::Tensor> gradients;
    for (const auto& gradient : frozen.scalarizer().parameter_gradients()) gradients.push_back(gradient.clone());
    ASSERT_EQ(parameters.size(), gradients.size());
    for (size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_EQ(parameters[i].second.scalar_type(), at::kDouble);
      for (int64_t j = 0; j < parameters[i].second.numel(); ++j) {
        const double at = parameters[i].second.data_ptr<double>()[j];
        if (std::abs(at) > 1e3) continue;  // has run away: exp(s) is all or nothing there
        const double h = 1e-6;
        const double difference = frozen.at(losses, i, j, h).value - frozen.at(losses, i, j, -h).value;
        const double expected = 2 * h * gradients[i].data_ptr<double>()[j];
        EXPECT_NEAR(difference, expected, 1e-5 * std::abs(expected) + rounding(center, losses));
      }
    }
  });
}

TEST_P(ScalarizerContract, GivesTheSameBitsForTheSameSeed) {
  on_samples([](const LossSample& sample) {
    const auto once = run(entry(), sample), again = run(entry(), sample);
    for (int64_t k = 0; k < kSteps; ++k) {
      EXPECT_EQ(once[k].value, again[k].value);
      EXPECT_EQ(once[k].weights, again[k].weights);
    }
  });
}

TEST_P(ScalarizerContract, DrawsFromTheRngIfItSaysSo) {
  bool differs = false;
  on_samples([&](const LossSample& sample) {
    differs = differs || run(entry(), sample, 1)[0].weights != run(entry(), sample, 2)[0].weights;
    Rng rng(kSeed);
    run_step(*make(entry(), sample.num_tasks()), sample, 0, rng);
    EXPECT_TRUE(rng.counter() == 0 || entry().is_random);
  });
  EXPECT_EQ(differs, entry().is_random);
}

TEST_P(ScalarizerContract, ContinuesFromItsStateAsIfNeverStopped) {
  on_samples([](const LossSample& sample) {
    const auto expected = run(entry(), sample);
    for (int64_t stop = 0; stop < kSteps; ++stop) {
      const auto original = make(entry(), sample.num_tasks());
      Rng rng(kSeed);
      for (int64_t k = 0; k < stop; ++k) run_step(*original, sample, k, rng);
      const auto restored = make(entry(), sample.num_tasks());
      restored->load_state(original->state());
      for (int64_t k = stop; k < kSteps; ++k) {
        const Scalarization step = run_step(*restored, sample, k, rng);
        EXPECT_EQ(step.value, expected[k].value) << "stopped before step " << stop << ", step " << k;
        EXPECT_EQ(step.weights, expected[k].weights) << "stopped before step " << stop << ", step " << k;
      }
    }
  });
}

TEST_P(ScalarizerContract, KeepsParametersInItsState) {
  const auto scalarizer = make(entry(), 3);
  const auto state = scalarizer->state();
  for (const auto& [name, tensor] : scalarizer->parameters()) {
    EXPECT_TRUE(std::any_of(state.begin(), state.end(), [&, &name = name, &tensor = tensor](const auto& kept) {
      return kept.first == name && kept.second.is_same(tensor);
    })) << name;
  }
  for (const auto& [name, tensor] : state) EXPECT_EQ(tensor.scalar_type(), at::kDouble) << name;
}

TEST_P(ScalarizerContract, KeepsItsConstantWeights) {
  on_samples([](const LossSample& sample) {
    const auto weights = make(entry(), sample.num_tasks())->constant_weights();
    if (!weights) return;
    for (const auto& step : run(entry(), sample)) EXPECT_EQ(step.weights, *weights);
  });
}

TEST_P(ScalarizerContract, CopesWithALossOfZeroOrNamesTheTask) {
  for (const double bad : {0.0, -0.25}) {
    LossSample sample = loss_samples()[2];
    for (auto* rows : {&sample.losses, &sample.after}) {
      for (auto& row : *rows) row[1] = bad;
    }
    try {
      for (const auto& step : run(entry(), sample)) {
        EXPECT_TRUE(std::isfinite(step.value));
        for (const double weight : step.weights) EXPECT_TRUE(std::isfinite(weight));
      }
    } catch (const StateError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("of task 1 is " + fmt::format("{}", bad) + ", must be > 0"), std::string::npos) << text;
      EXPECT_NE(text.find(entry().info.name), std::string::npos) << text;
    }
  }
}

std::vector<size_t> all_entries() {
  std::vector<size_t> indices(scalarizers().size());
  std::iota(indices.begin(), indices.end(), size_t{0});
  return indices;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ScalarizerContract, testing::ValuesIn(all_entries()),
                         [](const auto& info) { return scalarizers()[info.param].info.name; });

}  // namespace
}  // namespace reconcile::scalarizer_contract
