#include "reconcile/core/param_layout.h"

#include "reconcile/base/error.h"

namespace reconcile {

void ParamLayout::add_layer(std::string name) {
  const int64_t at = size();
  layers_.push_back({std::move(name), at, at});
}

void ParamLayout::add_parameter(std::string name, int64_t size) {
  const int64_t begin = layers_.back().end;
  parameters_.push_back({std::move(name), begin, begin + size});
  layers_.back().end = begin + size;
}

Json ParamLayout::to_json() const {
  Json rows = Json::array();
  for (const auto& parameter : parameters_) {
    rows.push_back({{"name", parameter.name}, {"size", parameter.size()}});
  }
  return rows;
}

void ParamLayout::require_same(const Json& stored, const std::string& where) const {
  const Json here = to_json();
  for (size_t i = 0; i < std::max(here.size(), stored.size()); ++i) {
    const Json ours = i < here.size() ? here[i] : Json("nothing");
    const Json theirs = i < stored.size() ? stored[i] : Json("nothing");
    if (ours == theirs) continue;
    fail<StateError>(
        "{}: shared parameter {} is {} there and {} in this model. "
        "Use the model, tasks and plan that the file was made with.",
        where, i, theirs.dump(), ours.dump());
  }
}

}  // namespace reconcile
