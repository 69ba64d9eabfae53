#pragma once

#include "reconcile/backbones/backbone.h"

namespace reconcile {

struct ResnetOptions {
  int64_t output_stride = 32;
  int64_t features = 0;
  bool flatten = false;
};
const OptionTable<ResnetOptions>& resnet_options();

/// A ResNet with torchvision's layer names: 7x7/2 stem and 3x3/2 max-pool as stage 0, then four stages of `depths`
/// blocks with 64, 128, 256, 512 channels (bottlenecks have four times as many outputs). No bias in convolutions. With
/// an output stride of 16 or 8 the last one or two stages keep their resolution and dilate their 3x3 convolutions by 2
/// (and 4); the first 3x3 of such a stage has half the dilation. Paper: He et al., CVPR 2016, arXiv:1512.03385, table
/// 1; dilation: Chen et al., arXiv:1706.05587.
Backbone make_resnet(const ResnetOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape,
                     const std::vector<int64_t>& depths, bool bottleneck);

/// The entry of a ResNet of that depth.
BackboneEntry resnet_entry(EntryInfo info, std::vector<int64_t> depths, bool bottleneck);

}  // namespace reconcile
