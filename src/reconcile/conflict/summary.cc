#include "reconcile/conflict/summary.h"

#include "reconcile/conflict/ranking.h"

namespace reconcile {

Json summarise_conflicts(const std::vector<Json>& records, double severe) {
  size_t any_index = 0;
  size_t severe_index = 0;
  double iterations = 0.0;
  double conflicts = 0.0;
  double severe_conflicts = 0.0;
  Json pairs;
  std::vector<std::vector<int64_t>> histogram;
  for (const auto& record : records) {
    if (record.at("type") == "run") {
      any_index = threshold_index(record, 0.0);
      severe_index = threshold_index(record, severe);
    }
    if (record.at("type") != "conflict") continue;
    pairs = record.at("pairs");
    iterations += record.at("iterations").get<double>();
    const auto counts = record.at("whole").at("histogram").get<std::vector<std::vector<int64_t>>>();
    histogram.resize(counts.size(), std::vector<int64_t>(counts.empty() ? 0 : counts.front().size()));
    for (size_t pair = 0; pair < counts.size(); ++pair) {
      for (size_t bin = 0; bin < counts[pair].size(); ++bin) histogram[pair][bin] += counts[pair][bin];
      const auto& below = record.at("whole").at("below").at(pair);
      conflicts += below.at(any_index).get<double>();
      severe_conflicts += below.at(severe_index).get<double>();
    }
  }
  const double seen = iterations * static_cast<double>(histogram.size());
  if (seen == 0.0) return nullptr;
  return {{"share", conflicts / seen},
          {"severe_share", severe_conflicts / seen},
          {"severe_threshold", severe},
          {"histogram", histogram},
          {"pairs", pairs}};
}

}  // namespace reconcile
