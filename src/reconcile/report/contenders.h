#pragma once

#include <string>
#include <vector>

#include "reconcile/report/study.h"

namespace reconcile::report {

/// The runs, grouped: see `make_study`. `study` has its tasks and `averaged_epochs`.
std::vector<Contender> make_contenders(const std::vector<Outcome>& runs, const Study& study);

/// The value called `name`; it is added where it is missing.
template <class V>
V& entry(Named<V>& values, const std::string& name) {
  for (auto& [key, value] : values) {
    if (key == name) return value;
  }
  return values.emplace_back(name, V{}).second;
}

}  // namespace reconcile::report
