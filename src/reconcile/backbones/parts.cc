#include "reconcile/backbones/parts.h"

namespace reconcile {

ConvNorm add_conv_norm(const LayerScope& scope, const std::string& conv, const std::string& norm,
                       const Conv::Shape& shape) {
  Conv& c = scope.add<Conv>(conv, shape);
  return {&c, &scope.add<BatchNorm>(norm, shape.out)};
}

void add_neck(Backbone& backbone, const LayerScope& scope, int64_t features, bool flatten, int64_t height,
              int64_t width) {
  if (features == 0 && !flatten) return;
  int64_t channels = backbone.output().channels * (flatten ? height * width : 1);
  const auto pool = [flatten](const Streams& x) { return flatten ? reconcile::flatten(x) : global_average_pool(x); };
  const int64_t stage = backbone.num_stages();
  if (features == 0) {
    backbone.units.push_back({"flatten", stage, {channels, false}, [pool](Flow& flow) { flow.x = pool(flow.x); }});
    return;
  }
  Layer& fc = scope.add<Linear>("fc", channels, features);
  backbone.units.push_back(
      {"fc", stage, {features, false}, [pool, &fc](Flow& flow) { flow.x = relu(fc(pool(flow.x))); }});
}

ResidualBlock add_residual_block(const LayerScope& scope, const ResidualShape& s) {
  const auto conv = [&](int i, const Conv::Shape& shape) {
    return add_conv_norm(scope, fmt::format("conv{}", i), fmt::format("bn{}", i), shape);
  };
  const auto three = [&](int64_t in, int64_t stride, int64_t dilation) {
    return Conv::Shape{
        .in = in, .out = s.width, .kernel = 3, .stride = stride, .padding = dilation, .dilation = dilation};
  };
  ResidualBlock block;
  if (s.width != s.out) {
    block.body = {conv(1, {.in = s.in, .out = s.width}), conv(2, three(s.width, s.stride, s.first_dilation)),
                  conv(3, {.in = s.width, .out = s.out})};
  } else {
    block.body = {conv(1, three(s.in, s.stride, s.first_dilation)), conv(2, three(s.width, 1, s.dilation))};
  }
  if (s.stride != 1 || s.in != s.out) {
    block.downsample =
        add_conv_norm(scope, "downsample.0", "downsample.1", {.in = s.in, .out = s.out, .stride = s.stride});
  }
  return block;
}

Streams ResidualBlock::operator()(const Streams& x) const {
  Streams y = x;
  for (size_t i = 0; i + 1 < body.size(); ++i) y = body[i](y, kRelu);
  return body.back()(y, downsample ? (*downsample)(x) : x, kRelu);
}

}  // namespace reconcile
