#include "reconcile/catalog/method.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "reconcile/aggregators/scoped.h"
#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// Two specs: the scalarizer's and the aggregator's.
struct Pair {
  Spec scalarizer{"sum"};
  Spec aggregator{"sum"};
};

template <class Entries>
bool has(const Entries& entries, const std::string& name) {
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.info.name == name; });
}

[[noreturn]] void fail_unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& entry : scalarizers()) names.push_back(entry.info.name);
  for (const auto& entry : aggregators()) names.push_back(entry.info.name);
  for (const auto& composition : compositions()) names.push_back(composition.info.name);
  fail<InvalidArgument>("no method \"{}\".{} `reconcile list` shows all {}.", name, did_you_mean(name, names),
                        names.size());
}

Pair parse_one(const Spec& spec) {
  if (has(scalarizers(), spec.name)) return {.scalarizer = spec};
  if (has(aggregators(), spec.name)) return {.aggregator = spec};
  for (const auto& composition : compositions()) {
    if (composition.info.name == spec.name) {
      return {{composition.scalarizer}, {composition.aggregator, spec.options}};
    }
  }
  fail_unknown(spec.name);
}

Pair parse(const std::string& text) {
  const auto parts = split_outside_brackets(text, '+');
  if (parts.size() == 2) return {Spec::parse(parts[0]), Spec::parse(parts[1])};
  if (parts.size() > 2) {
    fail<InvalidArgument>("\"{}\" is not a method: it has {} parts. Write scalarizer + aggregator.", text,
                          parts.size());
  }
  return parse_one(Spec::parse(text));
}

}  // namespace

const std::vector<Composition>& compositions() {
  static const std::vector<Composition> list = {
      {{"imtl", "Impartial multi-task learning: IMTL-L and IMTL-G", "Liu et al., ICLR 2021"}, "imtl_l", "imtl_g"},
      {{"db_mtl", "Dual-balancing multi-task learning", "arXiv:2308.12029"}, "si", "db_mtl_g"},
  };
  return list;
}

Method make_method(const std::string& text, int64_t num_tasks, const std::string& scope) {
  const Pair pair = parse(text);
  const std::string aggregator = pair.aggregator.text();
  Method method{make_scalarizer(pair.scalarizer.text(), num_tasks), make_aggregator(aggregator)};
  if (scope != "all" && !method.aggregator->constant_weights(num_tasks)) {
    method.aggregator = std::make_unique<ScopedAggregator>(scope == "layer" ? Scope::kLayer : Scope::kStage,
                                                           [aggregator] { return make_aggregator(aggregator); });
  }
  return method;
}

}  // namespace reconcile
