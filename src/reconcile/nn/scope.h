#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "reconcile/nn/layers.h"
#include "reconcile/nn/phase.h"

namespace reconcile {

/// Where a part of a network declares its layers: among those that all tasks share and that can be split, or among
/// those that one task has for itself. So a part is written once and serves as either.
class LayerScope {
 public:
  using Layers = std::vector<std::unique_ptr<Layer>>;

  /// Layers for `num_tasks` tasks go to `layers`; both references must outlive the network's parts.
  LayerScope(Layers& layers, Phase& phase, int64_t num_tasks, Rng rng)
      : layers_(&layers), phase_(&phase), num_tasks_(num_tasks), rng_(rng) {}

  /// Declares a layer called `name` in this scope; "" takes the scope's own name. Its initial values depend on the seed
  /// and its whole name only.
  template <class L, class... Args>
  L& add(const std::string& name, Args... args) const {
    const std::string whole = join(name);
    auto layer = std::make_unique<L>(whole, num_tasks_, rng_.fork(whole), args...);
    L& reference = *layer;
    layers_->push_back(std::move(layer));
    return reference;
  }
  /// The scope whose layers are called `name.*`.
  [[nodiscard]] LayerScope in(const std::string& name) const {
    LayerScope inner = *this;
    inner.name_ = join(name);
    return inner;
  }
  [[nodiscard]] int64_t num_tasks() const { return num_tasks_; }
  /// What stands before the names of its layers, "" at the top.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Everything declared so far, in this scope and beside it.
  [[nodiscard]] const Layers& layers() const { return *layers_; }
  [[nodiscard]] Phase& phase() const { return *phase_; }

 private:
  [[nodiscard]] std::string join(const std::string& name) const {
    if (name_.empty() || name.empty()) return name_ + name;
    return fmt::format("{}.{}", name_, name);
  }

  Layers* layers_;
  Phase* phase_;
  int64_t num_tasks_;
  Rng rng_;
  std::string name_;
};

}  // namespace reconcile
