#include "reconcile/report/profile.h"

#include "reconcile/report/numbers.h"
#include "reconcile/report/record_fields.h"

namespace reconcile::report {

double StepTimes::total() const {
  double sum = 0;
  for (const auto& [phase, value] : seconds) sum += value;
  return sum;
}

StepTimes read_profile(const Field& profile) {
  return {profile.at("steps").number(), named_numbers(profile.at("seconds")),
          named_numbers(profile.at("backward_tasks"))};
}

Table profile_table(const StepTimes& times) {
  constexpr size_t kMostTasks = 8;
  Table table{{"phase", "ms/step", "share"}, {}};
  const double total = times.total();
  const auto add = [&](const std::string& name, double seconds) {
    table.rows.push_back({name, fixed(1e3 * seconds / times.steps, 3), percent(seconds / total)});
  };
  for (const auto& [phase, seconds] : times.seconds) {
    add(phase, seconds);
    if (phase != "backward" || times.backward_tasks.size() > kMostTasks) continue;
    for (const auto& [task, own] : times.backward_tasks) {
      if (own > 0) add("backward, " + task, own);
    }
  }
  add("whole step", total);
  return table;
}

std::string profile_text(const Json& profile) {
  return to_text(profile_table(read_profile(Field(profile, "profile"))));
}

}  // namespace reconcile::report
