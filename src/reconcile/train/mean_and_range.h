#pragma once

#include <algorithm>

#include "reconcile/base/options.h"

namespace reconcile {

/// Mean and extremes of numbers that come one by one.
struct MeanAndRange {
  int64_t count = 0;
  double sum = 0, low = 0, high = 0;

  void add(double value) {
    low = count == 0 ? value : std::min(low, value);
    high = count == 0 ? value : std::max(high, value);
    sum += value;
    ++count;
  }
  /// Of at least one number.
  [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
};

/// For checkpoints; the numbers must be finite.
inline void to_json(Json& json, const MeanAndRange& s) { json = Json::array({s.count, s.sum, s.low, s.high}); }
inline void from_json(const Json& json, MeanAndRange& s) {
  json.at(0).get_to(s.count);
  json.at(1).get_to(s.sum);
  json.at(2).get_to(s.low);
  json.at(3).get_to(s.high);
}

}  // namespace reconcile
