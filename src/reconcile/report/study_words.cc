#include "reconcile/report/study_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/numbers.h"
#include "reconcile/report/quantities.h"

namespace reconcile::report {
namespace {

std::string with_unit(const std::string& number, const Quantity& quantity) {
  return quantity.unit.empty() ? number : number + " " + quantity.unit;
}

/// "delta m +1.20 ± 0.10 %".
std::string value_words(const Contender& contender, const Quantity& quantity) {
  const Statistic value = statistic(contender, quantity);
  std::string text = quantity.name.ends_with("delta m") ? signed_fixed(value.mean, quantity.digits)
                                                        : fixed(value.mean, quantity.digits);
  if (value.n > 1) text += " ± " + fixed(value.sd, quantity.digits);
  return quantity.name + " " + with_unit(text, quantity);
}

/// The base, or the next best where the best is the base; null where there is no other.
const Contender* rival_of(const Study& study, const Contender& best) {
  const Contender& base = study.contenders[study.base];
  if (&best != &base) return &base;
  Study others = study;
  std::erase_if(others.contenders, [&](const Contender& other) { return other.label == best.label; });
  const Contender* next = best_contender(others);
  const auto place = std::find_if(study.contenders.begin(), study.contenders.end(),
                                  [&](const Contender& other) { return next && other.label == next->label; });
  return place == study.contenders.end() ? nullptr : &*place;
}

std::string against_rival(const Study& study, const Contender& best) {
  const Contender* rival = rival_of(study, best);
  if (!rival) return "";
  const Quantity quantity = main_quantity(study);
  const Difference d = paired_difference(best, *rival, quantity);
  const std::string start = fmt::format(" Against {}, ", rival->label);
  if (d.n == 0) return start + "no seed is common, so nothing is paired.";
  const std::string number = signed_fixed(d.mean, quantity.digits);
  const std::string change = quantity.unit == "%" ? number + " points" : with_unit(number, quantity);
  if (d.n == 1) return fmt::format("{}{} in {}; {}.", start, change, quantity.name, words_of(Verdict::kOneSeed));
  return fmt::format("{}{} in {}, 95 % interval {} to {} over {} common seeds: {}.", start, change, quantity.name,
                     signed_fixed(d.low, quantity.digits), signed_fixed(d.high, quantity.digits), d.n,
                     words_of(judge(d, quantity.higher_is_better)));
}

}  // namespace

std::string seed_words(const Study& study) {
  size_t fewest = SIZE_MAX, most = 0;
  for (const auto& contender : study.contenders) {
    fewest = std::min(fewest, contender.seeds.size());
    most = std::max(most, contender.seeds.size());
  }
  if (most == 0) return "no seeds";
  if (fewest == most) return most == 1 ? "1 seed" : fmt::format("{} seeds", most);
  return fmt::format("{} to {} seeds", fewest, most);
}

std::string headline(const Study& study) {
  const Contender* best = best_contender(study);
  if (!best) return "No joint training has a number that runs can be ranked by: there is nothing to compare.";
  std::string values;
  const Quantity main = main_quantity(study);
  for (const auto& quantity : quantities(study)) {
    const bool is_shown = quantity.name == main.name || quantity.name.ends_with("delta m");
    if (is_shown && statistic(*best, quantity).n > 0)
      values += (values.empty() ? "" : ", ") + value_words(*best, quantity);
  }
  if (values.empty()) values = value_words(*best, main);
  return fmt::format("{} comes first: {}.{}", best->label, values, against_rival(study, *best));
}

std::string table_note(const Study& study) {
  const std::string seeds = seed_words(study);
  const std::string means =
      seeds == "1 seed" ? "values of one seed" : "means ± sample standard deviation over " + seeds;
  const bool has_delta = main_quantity(study).name == "delta m";
  return fmt::format(
      "Test metrics of the last epoch, {}.{}", means,
      has_delta ? " Delta m, in percent against the single-task networks of the same seed: criteria averaged inside a "
                  "task first, higher is better; flat delta m: all criteria in one mean, lower is better."
                : "");
}

std::string difference_note() {
  return "Differences are taken seed by seed; the interval is the 95 % interval of Student's t. Where it holds 0 the "
         "two "
         "are not distinguishable. Each interval stands for itself: of twenty true ties, one is expected outside.";
}

}  // namespace reconcile::report
