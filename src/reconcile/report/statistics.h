#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconcile/report/records.h"

/// What a handful of seeds can say.
namespace reconcile::report {

/// Mean and sample standard deviation (n - 1) of the finite values.
Statistic mean_and_sd(const std::vector<double>& values);

/// The value below which a Student t variable with `degrees` >= 1 degrees of freedom lies with `probability`, which is
/// in (0.5, 1).
double student_quantile(double probability, int64_t degrees);

/// Mean of n paired differences with its 95 % t interval; low and high are NaN for n < 2, all is NaN for n = 0.
struct Difference {
  double mean = kMissing, low = kMissing, high = kMissing;
  int64_t n = 0;
};
/// Of the finite values.
Difference mean_difference(const std::vector<double>& differences);

/// What an interval says. Nothing is told from one seed.
enum class Verdict { kNoCommonSeed, kOneSeed, kNotDistinguishable, kBetter, kWorse };
Verdict judge(const Difference& difference, bool higher_is_better);
/// "better", "not distinguishable", "one seed: nothing can be said about noise" ...
std::string words_of(Verdict verdict);

/// Whether two means differ by more than the seeds' own spread, the standard deviation of a difference of two runs.
/// False where either has fewer than two seeds.
bool exceeds_spread(const Statistic& a, const Statistic& b);

}  // namespace reconcile::report
