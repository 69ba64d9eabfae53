// A small convolutional network for demo and tests: three blocks of 3x3 convolution, batch norm, ReLU and 2x2 max-pool
// with `width`, 2 `width` and 4 `width` channels, a residual block at the end so that every kind of splitting is met,
// global average pool, a shared linear `fc` and one linear head a task. 9 splittable layers.

#include "reconcile/models/model.h"
#include "reconcile/nn/functional.h"

namespace reconcile::model_entries {
namespace {

class SmallCnn final : public MultiTaskModel {
 public:
  struct Options {
    int64_t width = 16;
    int64_t features = 64;
  };

  SmallCnn(const Options& options, const ModelContext& context) : MultiTaskModel(context.tasks, context.rng) {
    int64_t channels = context.input_shape[0];
    for (int64_t i = 0; i < 3; ++i) {
      const int64_t out = options.width << i;
      add_unit(fmt::format("block{}.", i + 1), channels, out);
      channels = out;
    }
    add_unit("residual.", channels, channels);
    features_ = &add<Linear>("fc", channels, options.features);
    add_linear_heads(options.features);
  }

  Streams representation(const Streams& inputs) override {
    Streams x = inputs;
    for (int64_t i = 0; i < 3; ++i) x = max_pool(relu(units_[i](x)), 2, 2, 0);
    x = relu(reconcile::add(units_[3](x), x));
    return relu((*features_)(global_average_pool(x)));
  }

 private:
  struct Unit {
    Layer *conv, *bn;
    Streams operator()(const Streams& x) const { return (*bn)((*conv)(x)); }
  };

  void add_unit(const std::string& prefix, int64_t in, int64_t out) {
    Layer& conv = add<Conv>(prefix + "conv", Conv::Shape{.in = in, .out = out, .kernel = 3, .padding = 1});
    Layer& bn = add<BatchNorm>(prefix + "bn", out);
    units_.push_back({&conv, &bn});
  }

  std::vector<Unit> units_;
  Layer* features_;
};

}  // namespace

ModelEntry small_cnn_entry() {
  using O = SmallCnn::Options;
  return model_entry<SmallCnn>(
      {"small_cnn", "Small convolutional network for demo and tests", "ours"},
      {option("width", &O::width, at_least(1), "channels of the first block"),
       option("features", &O::features, at_least(1), "outputs of the shared fc that the heads read")});
}

}  // namespace reconcile::model_entries
