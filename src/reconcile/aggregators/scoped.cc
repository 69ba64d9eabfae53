#include "reconcile/aggregators/scoped.h"

#include <ATen/ATen.h>

#include <charconv>
#include <map>
#include <set>

#include "reconcile/aggregators/inputs.h"
#include "reconcile/base/error.h"

namespace reconcile {
std::vector<ParamLayout::Range> blocks_of(const ParamLayout& layout, Scope scope) {
  std::vector<ParamLayout::Range> blocks;
  for (int64_t l = 0; l < layout.num_layers(); ++l) {
    const std::string& layer = layout.layers()[l].name;
    const std::string name = scope == Scope::kLayer ? layer : layer.substr(0, layer.find('.'));
    if (!blocks.empty() && blocks.back().name == name) {
      blocks.back().end = l + 1;
    } else {
      blocks.push_back({name, l, l + 1});
    }
  }
  return blocks;
}

ScopedAggregator::ScopedAggregator(Scope scope, std::function<std::unique_ptr<Aggregator>()> make)
    : scope_(scope), make_(std::move(make)) {
  set_reduction(make_()->reduction());
}

Aggregation ScopedAggregator::operator()(const TaskGradients& gradients, Rng& rng, at::Tensor& gradient) {
  finite_gramian(gradients);  // before any block moves its memory
  const auto ranges = blocks_of(gradients.layout(), scope_);
  const auto& layers = gradients.layout().layers();
  Aggregation result;
  std::set<std::string> fallbacks;
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (i >= blocks_.size()) blocks_.push_back(make_());
    at::Tensor place = gradient.slice(0, layers[ranges[i].begin].begin, layers[ranges[i].end - 1].end);
    const Aggregation of_block = (*blocks_[i])(gradients.part(ranges[i].begin, ranges[i].end), rng, place);
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
    size_t block = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), block);
    if (error != std::errc() || *end != '/') {
      fail<StateError>(
          "aggregator: the checkpoint holds \"{}\", which is of no block. Resume with the step.scope that was trained.",
          name);
    }
    of_blocks[block].emplace_back(std::string(end + 1, name.data() + name.size()), tensor);
  }
  blocks_.clear();
  for (const auto& [block, tensors] : of_blocks) {
    while (blocks_.size() <= block) blocks_.push_back(make_());
    blocks_[block]->load_state(tensors);
  }
}

}  // namespace reconcile
