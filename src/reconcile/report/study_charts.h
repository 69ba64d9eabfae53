#pragma once

#include <string>
#include <vector>

#include "reconcile/report/quantities.h"
#include "reconcile/report/study.h"

/// The drawings of a comparison. Single-task networks are the reference, not a
/// contender.
namespace reconcile::report {

/// Contenders sorted by a quantity, best first, with a whisker of one sd and a dot a seed; size and time beside. Bars
/// reach from 0 where the quantity is a delta m; other quantities are dots alone.
std::string method_chart(const Study& study, const Quantity& quantity, const std::string& alt);

/// Two tasks against each other: a numbered disc a contender, a dot a seed, and the front of those that none beats in
/// both.
std::string pareto_chart(const Study& study, const Quantity& x, const Quantity& y, const std::string& alt);
/// Places in `study.contenders` of the front, by rising x.
std::vector<size_t> pareto_front(const Study& study, const Quantity& x, const Quantity& y);

/// An axis a task, better upwards, and a line a contender with a dot a seed.
std::string parallel_chart(const Study& study, const std::vector<Quantity>& tasks, const std::string& alt);

/// Mean over seeds of the relative gain in one task over single-task networks, in percent; NaN without those.
double mean_gain(const Contender& contender, const Study& study, size_t task);

/// CSS classes of a contender: grey, with Recon in the accent colour.
std::string contender_colour(const Contender& contender);
/// Most seeds that a contender has.
size_t most_seeds(const Study& study);
/// A row a contender and seed: these quantities, size and time.
Table seed_table(const Study& study, const std::vector<Quantity>& quantities);
/// `quantities` without delta m.
std::vector<Quantity> task_quantities(const Study& study);

/// The places of the contenders that are no single-task networks, and have all these quantities.
std::vector<size_t> drawn(const Study& study, const std::vector<Quantity>& quantities);

}  // namespace reconcile::report
