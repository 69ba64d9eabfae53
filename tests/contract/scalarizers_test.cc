// What every scalarizer of the catalogue must fulfil in short runs on every sample, and the laws that its entry claims.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "contract/scalarizer_run.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

using Losses = std::vector<double>;
constexpr uint64_t kSeed = 5;
constexpr int64_t kSteps = LossSample::kEpochs * LossSample::kStepsPerEpoch;

std::unique_ptr<Scalarizer> make(const ScalarizerEntry& entry, int64_t num_tasks) {
  return entry.make(
      Json::object(), [&](const std::string& key) { return entry.info.name + ": " + key; }, num_tasks);
}

std::vector<Scalarization> run(const ScalarizerEntry& entry, const LossSample& sample, uint64_t seed = kSeed) {
  const auto scalarizer = make(entry, sample.num_tasks());
  Rng rng(seed);
  std::vector<Scalarization> steps;
  for (int64_t k = 0; k < kSteps; ++k) steps.push_back(run_step(*scalarizer, sample, k, rng));
  return steps;
}

double sum(const Losses& values) { return std::accumulate(values.begin(), values.end(), 0.0); }
double size(const Losses& values) {
  double result = 0;
  for (const double v : values) result = std::max(result, std::abs(v));
  return result;
}

/// Up to what Adam makes of rounding: it blows gradients of log losses up by as much as 1e8.
bool is_close(const Losses& a, const Losses& b) {
  for (size_t t = 0; t < b.size(); ++t) {
    if (!(std::abs(a[t] - b[t]) <= 1e-8 * size(b))) return false;
  }
  return true;
}

Losses permuted(const Losses& values, const std::vector<int64_t>& order) {
  Losses result;
  for (const int64_t t : order) result.push_back(values[t]);
  return result;
}

bool is_equivariant(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto order = Rng(9).permutation(sample.num_tasks());
  LossSample other = sample;
  for (auto* rows : {&other.losses, &other.after, &other.achievements}) {
    for (auto& row : *rows) row = permuted(row, order);
  }
  const auto expected = run(entry, sample), actual = run(entry, other);
  for (int64_t k = 0; k < kSteps; ++k) {
    if (!is_close(actual[k].weights, permuted(expected[k].weights, order))) return false;
  }
  return true;
}

bool keeps_scale(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto expected = run(entry, sample);
  for (const double scale : {1e-12, 1e-4, 3.0, 1e4, 1e12}) {
    LossSample other = sample;
    for (auto* rows : {&other.losses, &other.after}) {
      for (auto& row : *rows) {
        for (double& loss : row) loss *= scale;
      }
    }
    const auto actual = run(entry, other);
    for (int64_t k = 0; k < kSteps; ++k) {
      if (!is_close(actual[k].weights, expected[k].weights)) return false;
    }
  }
  return true;
}

bool is_monotone(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto steps = run(entry, sample);
  return std::all_of(steps.begin(), steps.end(), [](const Scalarization& step) {
    return std::all_of(step.weights.begin(), step.weights.end(), [](double weight) { return weight >= 0; });
  });
}

bool has_unit_sum(const ScalarizerEntry& entry, const LossSample& sample) {
  const auto steps = run(entry, sample);
  return std::all_of(steps.begin(), steps.end(), [](const Scalarization& step) {
    return std::abs(sum(step.weights) - 1) <= 1e-12 * static_cast<double>(step.weights.size()) * size(step.weights);
  });
}

/// A scalarizer that can be asked again and again from the same state and the same random numbers.
class Frozen {
 public:
  Frozen(const ScalarizerEntry& entry, const LossSample& sample, int64_t step)
      : scalarizer_(make(entry, sample.num_tasks())), rng_(kSeed), step_(step) {
    for (int64_t k = 0; k < step; ++k) run_step(*scalarizer_, sample, k, rng_);
    for (const auto& [name, tensor] : scalarizer_->state()) state_.emplace_back(name, tensor.clone());
  }

  Scalarization at(const Losses& losses) {
    scalarizer_->load_state(state_);
    return again(losses);
  }
  /// With parameter `index` of tensor `which` moved by `change`.
  Scalarization at(const Losses& losses, size_t which, int64_t index, double change) {
    scalarizer_->load_state(state_);
    scalarizer_->parameters()[which].second.data_ptr<double>()[index] += change;
    return again(losses);
  }
  Scalarizer& scalarizer() { return *scalarizer_; }

 private:
  Scalarization again(const Losses& losses) {
    Rng rng = rng_;
    return (*scalarizer_)(losses, moment_at(step_), rng);
  }

  std::unique_ptr<Scalarizer> scalarizer_;
  Rng rng_;
  int64_t step_;
  NamedTensors state_;
};

/// What rounding can do to a value, which is at most a sum of terms of this size.
double rounding(const Scalarization& result, const Losses& losses) {
  double terms = std::abs(result.value);
  for (size_t t = 0; t < losses.size(); ++t) terms += std::abs(result.weights[t] * losses[t]);
  return 1e-14 * static_cast<double>(losses.size()) * std::max(terms, 1.0);
}

constexpr int64_t kProbedSteps[] = {0, 5, 11};

bool has_derivative(const ScalarizerEntry& entry, const LossSample& sample) {
  for (const int64_t step : kProbedSteps) {
    const Losses& losses = sample.losses[step];
    Frozen frozen(entry, sample, step);
    const Scalarization center = frozen.at(losses);
    for (size_t t = 0; t < losses.size(); ++t) {
      const double h = 1e-4 * losses[t];
      Losses low = losses, high = losses;
      low[t] -= h;
      high[t] += h;
      const double difference = frozen.at(high).value - frozen.at(low).value;
      const double expected = 2 * h * center.weights[t];
      if (!(std::abs(difference - expected) <= 1e-5 * std::abs(expected) + rounding(center, losses))) return false;
    }
  }
  return true;
}

using Holds = bool (*)(const ScalarizerEntry&, const LossSample&);
struct NamedLaw {
  ScalarizerLaw law;
  const char* name;
  Holds holds;
};
constexpr NamedLaw kLaws[] = {{kEquivariant, "equivariance", is_equivariant},
                              {kScaleKeeping, "scale keeping", keeps_scale},
                              {kMonotone, "monotonicity", is_monotone},
                              {kUnitSum, "unit sum", has_unit_sum},
                              {kDerivative, "derivative", has_derivative}};

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
}  // namespace reconcile
