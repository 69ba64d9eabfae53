// MobileNetV2 with torchvision's layer names: a 3x3/2 stem with 32 channels, 17 inverted residuals, ReLU6. With
// `raspp` (the default) its end is R-ASPP, 128 channels: a 1x1 convolution beside one on the image average, joined by a
// third with dropout 0.1; that is BMTAS's network for PASCAL-Context, 108 splittable layers. Without, torchvision's 1x1
// to 1280. An output stride of 16 takes the last stride away and dilates the three blocks behind it by 2. The map
// behind the third inverted residual (24 channels) is kept for heads that read it. Papers: Sandler et al., CVPR 2018,
// arXiv:1801.04381, table 2; R-ASPP: Howard et al., arXiv:1905.02244.

#include "reconcile/backbones/parts.h"

namespace reconcile::backbone_entries {
namespace {

struct MobilenetOptions {
  int64_t output_stride = 16;
  bool raspp = true;
};

struct InvertedShape {
  int64_t in, out, stride, expansion, dilation;
};

/// The 17 inverted residuals; a stage begins where the resolution changes.
std::vector<InvertedShape> inverted_shapes(int64_t output_stride) {
  const bool dilated = output_stride == 16;
  std::vector<InvertedShape> shapes;
  int64_t in = 32;
  const auto add = [&](int64_t out, int64_t count, int64_t stride, int64_t expansion) {
    for (int64_t i = 0; i < count; ++i) {
      const bool behind = dilated && (out == 320 || (out == 160 && i > 0));
      const bool strided = i == 0 && !(dilated && out == 160);
      shapes.push_back({in, out, strided ? stride : 1, expansion, behind ? 2 : 1});
      in = out;
    }
  };
  add(16, 1, 1, 1);
  add(24, 2, 2, 6);
  add(32, 3, 2, 6);
  add(64, 4, 2, 6);
  add(96, 3, 1, 6);
  add(160, 3, 2, 6);
  add(320, 1, 1, 6);
  return shapes;
}

struct InvertedResidual {
  std::vector<ConvNorm> body;
  bool has_skip;
  Streams operator()(const Streams& x) const {
    Streams y = x;
    for (size_t i = 0; i + 1 < body.size(); ++i) y = body[i](y, kRelu6);
    return has_skip ? body.back()(y, x, {}) : body.back()(y);
  }
};

InvertedResidual add_inverted(const LayerScope& scope, const InvertedShape& s) {
  const int64_t hidden = s.in * s.expansion;
  InvertedResidual block{{}, s.stride == 1 && s.in == s.out};
  int64_t i = 0;
  if (s.expansion != 1) {
    block.body.push_back(add_conv_norm(scope.in(std::to_string(i++)), "0", "1", {.in = s.in, .out = hidden}));
  }
  block.body.push_back(add_conv_norm(scope.in(std::to_string(i++)), "0", "1",
                                     {.in = hidden,
                                      .out = hidden,
                                      .kernel = 3,
                                      .stride = s.stride,
                                      .padding = s.dilation,
                                      .dilation = s.dilation,
                                      .groups = hidden}));
  block.body.push_back(add_conv_norm(scope, std::to_string(i), std::to_string(i + 1), {.in = hidden, .out = s.out}));
  return block;
}

Unit raspp_unit(const LayerScope& scope, int64_t stage, int64_t channels) {
  constexpr int64_t kWidth = 128;
  const ConvNorm local = add_conv_norm(scope, "pixel.0", "pixel.1", {.in = channels, .out = kWidth});
  const ConvNorm global = add_conv_norm(scope, "image.0", "image.1", {.in = channels, .out = kWidth});
  const ConvNorm joined = add_conv_norm(scope, "joined.0", "joined.1", {.in = 2 * kWidth, .out = kWidth});
  return {"raspp", stage, {kWidth, true}, [=, &phase = scope.phase()](Flow& flow) {
            const Streams near = local(flow.x, kRelu6);
            const Streams far = resize_like(global(image_average(flow.x), kRelu6), near);
            flow.x = joined(dropout(concat(near, far), 0.1, phase), kRelu6);
          }};
}

Backbone mobilenet_v2(const MobilenetOptions& options, const LayerScope& scope,
                      const std::vector<int64_t>& input_shape) {
  Backbone backbone;
  backbone.dense_head = "deeplab_v3plus";
  backbone.low = Feature{24, true};
  const ConvNorm stem = add_conv_norm(scope.in("features.0"), "0", "1",
                                      {.in = input_shape[0], .out = 32, .kernel = 3, .stride = 2, .padding = 1});
  backbone.units.push_back({"features.0", 0, {32, true}, [stem](Flow& flow) { flow.x = stem(flow.x, kRelu6); }});
  int64_t stage = 0;
  int64_t i = 1;
  for (const auto& shape : inverted_shapes(options.output_stride)) {
    if (shape.in != shape.out) ++stage;
    const std::string name = fmt::format("features.{}", i);
    const InvertedResidual block = add_inverted(scope.in(name).in("conv"), shape);
    backbone.units.push_back({name, stage, {shape.out, true}, [block, is_low = i == 3](Flow& flow) {
                                flow.x = block(flow.x);
                                if (is_low) flow.low = flow.x;
                              }});
    ++i;
  }
  if (options.raspp) {
    backbone.units.push_back(raspp_unit(scope.in("raspp"), stage + 1, 320));
  } else {
    const ConvNorm last = add_conv_norm(scope.in("features.18"), "0", "1", {.in = 320, .out = 1280});
    backbone.units.push_back(
        {"features.18", stage + 1, {1280, true}, [last](Flow& flow) { flow.x = last(flow.x, kRelu6); }});
  }
  return backbone;
}

}  // namespace

BackboneEntry mobilenet_v2_entry() {
  using O = MobilenetOptions;
  return backbone_entry<O>(
      {"mobilenet_v2", "MobileNetV2 with R-ASPP, torchvision layer names",
       "Sandler et al., CVPR 2018, arXiv:1801.04381"},
      {option("output_stride", &O::output_stride, one_of({16, 32}), "input pixels for each pixel of the last map"),
       option("raspp", &O::raspp, any(), "end in R-ASPP with 128 channels instead of torchvision's 1280")},
      mobilenet_v2);
}

}  // namespace reconcile::backbone_entries
