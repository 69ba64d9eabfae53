#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/nn/functional.h"
#include "reconcile/nn/scope.h"

namespace reconcile {

/// What passes through a backbone.
struct Flow {
  Streams x;
  std::vector<Pooled> pools = {};   ///< an encoder's, for its decoder; the last is taken first
  std::optional<Streams> low = {};  ///< an early feature map that some heads read too
};

/// What a unit gives or a head reads: [B, channels, H, W], or [B, channels].
struct Feature {
  int64_t channels = 0;
  bool is_map = true;
};

/// One step of a backbone, e.g. a residual block.
struct Unit {
  std::string name;   ///< as its layers begin: "layer1.0"
  int64_t stage = 0;  ///< units of one stage work at one scale; architectures with several columns meet between them
  Feature output;
  std::function<void(Flow&)> apply;
};

/// A feature extractor for images (or tables): units in order, whose layers stand in the scope it was built in.
struct Backbone {
  std::vector<Unit> units;
  std::optional<Feature> low;       ///< of Flow::low, if a unit sets it
  std::string dense_head = "aspp";  ///< the head that its dense tasks have by default
  /// Runs a piece of it, which is up to three units of one stage. Empty: nothing but that.
  std::function<void(const std::function<void(Flow&)>& piece, Flow&)> around_piece = {};

  /// What the heads read.
  [[nodiscard]] const Feature& output() const { return units.back().output; }
  [[nodiscard]] int64_t num_stages() const { return units.back().stage + 1; }
  /// One past the last unit of a stage; 0 for stage -1.
  [[nodiscard]] size_t end_of_stage(int64_t stage) const;
  /// Applies units first ... last - 1. Networks run units in this way only.
  void run(size_t first, size_t last, Flow& flow) const;
  /// Applies all units.
  [[nodiscard]] Flow operator()(const Streams& inputs) const;
};

/// Catalogue row of a backbone: built in a scope for inputs of shape [C, H, W].
using BackboneEntry = Entry<Backbone, const LayerScope&, const std::vector<int64_t>&>;

/// The entry of a backbone with options O and the function that builds it.
template <class O>
BackboneEntry backbone_entry(
    EntryInfo info, OptionTable<O> table,
    std::function<Backbone(const O&, const LayerScope&, const std::vector<int64_t>& input_shape)> build) {
  BackboneEntry entry;
  entry.info = std::move(info);
  entry.options = table.describe();
  entry.make = [table, build](const Json& given, const Where& where, const LayerScope& scope,
                              const std::vector<int64_t>& input_shape) {
    return build(table.parse(given, where), scope, input_shape);
  };
  entry.resolve = [table](const Json& given, const Where& where) { return table.values(table.parse(given, where)); };
  return entry;
}

}  // namespace reconcile
