// A multilayer perceptron for tables: `depth` linear layers of `width` outputs with ReLU. Inputs of any shape are
// flattened first.

#include "reconcile/backbones/parts.h"

namespace reconcile::backbone_entries {
namespace {

struct MlpOptions {
  int64_t width = 128;
  int64_t depth = 2;
};

Backbone mlp(const MlpOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  Backbone backbone;
  int64_t in = 1;
  for (const int64_t side : input_shape) in *= side;
  for (int64_t i = 0; i < options.depth; ++i) {
    const std::string name = fmt::format("fc{}", i + 1);
    Layer& fc = scope.add<Linear>(name, in, options.width);
    backbone.units.push_back(
        {name, i, {options.width, false}, [&fc](Flow& flow) { flow.x = relu(fc(flatten(flow.x))); }});
    in = options.width;
  }
  return backbone;
}

}  // namespace

BackboneEntry mlp_entry() {
  using O = MlpOptions;
  return backbone_entry<O>({"mlp", "Multilayer perceptron for tables", "standard"},
                           {option("width", &O::width, at_least(1), "outputs of each layer"),
                            option("depth", &O::depth, at_least(1), "number of layers")},
                           mlp);
}

}  // namespace reconcile::backbone_entries
