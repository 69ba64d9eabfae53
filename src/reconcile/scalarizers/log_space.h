#pragma once

#include <string>
#include <vector>

#include "reconcile/scalarizers/scalarizer.h"

namespace reconcile {

/// StateError naming the first value that is not positive; `what` is `scalarizer "gls": the loss`.
void require_positive(const std::vector<double>& values, const std::string& what);

/// Natural logarithms [T] of values that `require_positive` has looked at.
std::vector<double> positive_logs(const std::vector<double>& values, const std::string& what);

/// log(sum of exp(x)), for x of any size; at least one x.
double log_sum_exp(const std::vector<double>& x);

/// exp(x) / sum of exp(x), for x of any size.
std::vector<double> softmax(const std::vector<double>& x);

/// The generalised mean (mean of l^p)^(1/p) of losses whose logarithms are given, the geometric mean at p = 0, and its
/// derivatives. Accurate for every finite p, the neighbourhood of 0 included, and losses of any size.
Scalarization power_mean(const std::vector<double>& logs, double p);

}  // namespace reconcile
