#include "reconcile/backbones/resnet.h"

#include "reconcile/backbones/parts.h"

namespace reconcile {
const OptionTable<ResnetOptions>& resnet_options() {
  using O = ResnetOptions;
  static const OptionTable<O> table{
      option("output_stride", &O::output_stride, one_of({8, 16, 32}),
             "input pixels for each pixel of the last map; below 32 the last stages are dilated"),
      option("features", &O::features, at_least(0), "outputs of a shared fc behind the average pool; 0 = none"),
      option("flatten", &O::flatten, any(), "flatten the last map instead of averaging it"),
  };
  return table;
}

Backbone make_resnet(const ResnetOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape,
                     const std::vector<int64_t>& depths, bool bottleneck) {
  const ConvNorm stem =
      add_conv_norm(scope, "conv1", "bn1", {.in = input_shape[0], .out = 64, .kernel = 7, .stride = 2, .padding = 3});
  Backbone backbone;
  backbone.units.push_back(
      {"conv1", 0, {64, true}, [stem](Flow& flow) { flow.x = max_pool(stem(flow.x, kRelu), 3, 2, 1); }});
  int64_t channels = 64;
  int64_t stride = 4;
  int64_t dilation = 1;
  std::vector<int64_t> size{size_after(size_after(input_shape[1], 7, 2, 3), 3, 2, 1),
                            size_after(size_after(input_shape[2], 7, 2, 3), 3, 2, 1)};
  for (int64_t stage = 1; stage <= 4; ++stage) {
    const int64_t width = 64 << (stage - 1);
    const int64_t out = bottleneck ? 4 * width : width;
    const bool halve = stage > 1 && stride < options.output_stride;
    const int64_t before = dilation;
    if (halve) {
      stride *= 2;
      for (auto& side : size) side = size_after(side, 3, 2, 1);
    } else if (stage > 1) {
      dilation *= 2;
    }
    for (int64_t b = 0; b < depths[stage - 1]; ++b) {
      const std::string name = fmt::format("layer{}.{}", stage, b);
      const ResidualBlock block = add_residual_block(scope.in(name), {.in = channels,
                                                                      .width = width,
                                                                      .out = out,
                                                                      .stride = b == 0 && halve ? 2 : 1,
                                                                      .dilation = dilation,
                                                                      .first_dilation = b == 0 ? before : dilation});
      backbone.units.push_back({name, stage, {out, true}, [block](Flow& flow) { flow.x = block(flow.x); }});
      channels = out;
    }
  }
  add_neck(backbone, scope, options.features, options.flatten, size[0], size[1]);
  return backbone;
}

BackboneEntry resnet_entry(EntryInfo info, std::vector<int64_t> depths, bool bottleneck) {
  return backbone_entry<ResnetOptions>(
      std::move(info), resnet_options(),
      [depths = std::move(depths), bottleneck](const ResnetOptions& options, const LayerScope& scope,
                                               const std::vector<int64_t>& input_shape) {
        return make_resnet(options, scope, input_shape, depths, bottleneck);
      });
}

}  // namespace reconcile
