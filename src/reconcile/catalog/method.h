#pragma once

#include <memory>
#include <string>

#include "reconcile/catalog/catalog.h"
#include "reconcile/train/step.h"

namespace reconcile {

/// A named pair of a scalarizer and an aggregator, whose options are the aggregator's.
struct Composition {
  EntryInfo info;
  std::string scalarizer;
  std::string aggregator;
};
const std::vector<Composition>& compositions();

/// What turns losses into an update: the scalarizer weights them, the aggregator combines the weighted task gradients.
struct Method {
  std::unique_ptr<Scalarizer> scalarizer;
  std::unique_ptr<Aggregator> aggregator;

  [[nodiscard]] StepMethod for_step() const { return {*scalarizer, *aggregator}; }
};

/// Reads `scalarizer + aggregator`, each as `name(key=value, ...)`, or one of the two, or the name of a composition. A
/// scalarizer alone adds the weighted gradients, an aggregator alone takes the plain losses. A name that is both is the
/// scalarizer. `scope` (all | layer | stage) is what the aggregator sees at once.
/// InvalidArgument names the nearest name, or the option that is wrong.
Method make_method(const std::string& text, int64_t num_tasks, const std::string& scope = "all");

}  // namespace reconcile
