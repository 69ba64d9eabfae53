#include "reconcile/aggregators/scoped.h"

#include <ATen/ATen.h>

#include <map>
#include <set>

namespace reconcile {
namespace {

/// The columns [block.begin, block.end) of the gradients, with their layers.
TaskGradients cut(const TaskGradients& whole, const ParamLayout::Range& block) {
  ParamLayout layout;
  size_t next = 0;
  const auto& parameters = whole.layout().parameters();
  for (const auto& layer : whole.layout().layers()) {
    const bool inside = layer.begin >= block.begin && layer.end <= block.end;
    if (inside) layout.add_layer(layer.name);
    for (; next < parameters.size() && parameters[next].end <= layer.end; ++next) {
      if (inside) layout.add_parameter(parameters[next].name, parameters[next].size());
    }
  }
  TaskGradients part(std::move(layout), whole.rows().slice(1, block.begin, block.end));
  part.losses = whole.losses;
  for (const auto& rows : whole.independent) part.independent.push_back(rows.slice(1, block.begin, block.end));
  return part;
}

}  // namespace

std::vector<ParamLayout::Range> blocks_of(const ParamLayout& layout, Scope scope) {
  std::vector<ParamLayout::Range> blocks;
  for (const auto& layer : layout.layers()) {
    const std::string name = scope == Scope::kLayer ? layer.name : layer.name.substr(0, layer.name.find('.'));
    if (!blocks.empty() && blocks.back().name == name) {
      blocks.back().end = layer.end;
    } else {
      blocks.push_back({name, layer.begin, layer.end});
    }
  }
  return blocks;
}

ScopedAggregator::ScopedAggregator(Scope scope, std::function<std::unique_ptr<Aggregator>()> make)
    : scope_(scope), make_(std::move(make)) {}

Aggregation ScopedAggregator::operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) {
  const auto ranges = blocks_of(gradients.layout(), scope_);
  Aggregation result;
  std::set<std::string> fallbacks;
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (i >= blocks_.size()) blocks_.push_back(make_());
    at::Tensor place = gradient.slice(0, ranges[i].begin, ranges[i].end);
    const Aggregation of_block = (*blocks_[i])(cut(gradients, ranges[i]), rng, place);
    for (const auto& [name, value] : of_block.diagnostics) result.diagnostics[name] += value;
    if (!of_block.fallback.empty()) fallbacks.insert(of_block.fallback);
  }
  for (const auto& fallback : fallbacks) result.fallback += (result.fallback.empty() ? "" : "; ") + fallback;
  return result;
}

NamedTensors ScopedAggregator::state() const {
  NamedTensors state;
  for (size_t i = 0; i < blocks_.size(); ++i) {
    const NamedTensors of_block = blocks_[i]->state();
    for (const auto& [name, tensor] : of_block) state.emplace_back(fmt::format("{}/{}", i, name), tensor);
  }
  return state;
}

void ScopedAggregator::load_state(const NamedTensors& state) {
  std::map<size_t, NamedTensors> of_blocks;
  for (const auto& [name, tensor] : state) {
    const auto slash = name.find('/');
    of_blocks[std::stoul(name.substr(0, slash))].emplace_back(name.substr(slash + 1), tensor);
  }
  blocks_.clear();
  for (const auto& [block, tensors] : of_blocks) {
    while (blocks_.size() <= block) blocks_.push_back(make_());
    blocks_[block]->load_state(tensors);
  }
}

}  // namespace reconcile
