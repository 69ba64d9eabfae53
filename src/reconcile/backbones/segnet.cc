// SegNet as MTAN and Recon use it: five encoder levels of 64, 128, 256, 512, 512 channels (for `width` = 64), each
// ended by a 2x2 max-pool that remembers where the maxima stood, and five decoder levels that put values back there. A
// level has a convolution that changes the channels and one or two that keep them (3x3 with bias, batch norm, ReLU): 26
// convolutions, 52 splittable layers in the order encoder_block, decoder_block, conv_block_enc, conv_block_dec.
// Xavier-normal. Input height and width must be multiples of 32. Papers: Badrinarayanan et al., arXiv:1511.00561;
// Liu et al., CVPR 2019, arXiv:1803.10704.

#include "reconcile/backbones/parts.h"
#include "reconcile/base/error.h"

namespace reconcile::backbone_entries {
namespace {

constexpr int64_t kLevels = 5;

struct SegnetOptions {
  int64_t width = 64;
};

using Blocks = std::vector<ConvNorm>;

ConvNorm segnet_block(const LayerScope& scope, int64_t in, int64_t out) {
  return add_conv_norm(scope, "conv1", "bn1",
                       {.in = in, .out = out, .kernel = 3, .padding = 1, .bias = true, .init = Conv::Init::kXavier});
}

Blocks segnet_blocks(const LayerScope& scope, int64_t channels, int64_t count) {
  Blocks blocks;
  for (int64_t i = 0; i < count; ++i) {
    blocks.push_back(segnet_block(count == 1 ? scope : scope.in(std::to_string(i)), channels, channels));
  }
  return blocks;
}

Unit conv_unit(const std::string& name, int64_t stage, int64_t channels, Blocks blocks) {
  return {name, stage, {channels, true}, [blocks = std::move(blocks)](Flow& flow) {
            for (const auto& block : blocks) flow.x = block(flow.x, kRelu);
          }};
}

Unit pool_unit(int64_t level, int64_t channels) {
  return {fmt::format("pool.{}", level), level, {channels, true}, [](Flow& flow) {
            flow.pools.push_back(max_pool_with_places(flow.x));
            flow.x = flow.pools.back().values;
          }};
}

Unit unpool_unit(int64_t level, int64_t stage, int64_t channels) {
  return {fmt::format("unpool.{}", level), stage, {channels, true}, [](Flow& flow) {
            flow.x = max_unpool(flow.x, flow.pools.back());
            flow.pools.pop_back();
          }};
}

Backbone segnet(const SegnetOptions& options, const LayerScope& scope, const std::vector<int64_t>& input_shape) {
  if (input_shape[1] % 32 != 0 || input_shape[2] % 32 != 0) {
    fail<InvalidArgument>(
        "backbone \"segnet\": the input is {} x {}, height and width must be multiples of 32. Resize or pad it.",
        input_shape[1], input_shape[2]);
  }
  std::vector<int64_t> width;
  for (const int64_t times : {1, 2, 4, 8, 8}) width.push_back(times * options.width);
  const auto at_level = [](const char* name, int64_t level) { return fmt::format("{}.{}", name, level); };
  const auto lower = [&](int64_t level) { return level == 0 ? width[0] : width[level - 1]; };
  const auto depth = [](int64_t level) { return level < 2 ? 1 : 2; };
  std::vector<Blocks> down, up, keep_down, keep_up;
  for (int64_t s = 0; s < kLevels; ++s) {
    down.push_back(
        {segnet_block(scope.in(at_level("encoder_block", s)), s == 0 ? input_shape[0] : lower(s), width[s])});
  }
  for (int64_t s = 0; s < kLevels; ++s) {
    up.push_back({segnet_block(scope.in(at_level("decoder_block", s)), width[s], lower(s))});
  }
  for (int64_t s = 0; s < kLevels; ++s) {
    keep_down.push_back(segnet_blocks(scope.in(at_level("conv_block_enc", s)), width[s], depth(s)));
  }
  for (int64_t s = 0; s < kLevels; ++s) {
    keep_up.push_back(segnet_blocks(scope.in(at_level("conv_block_dec", s)), lower(s), depth(s)));
  }
  Backbone backbone;
  backbone.dense_head = "conv";
  for (int64_t s = 0; s < kLevels; ++s) {
    backbone.units.push_back(conv_unit(at_level("encoder_block", s), s, width[s], down[s]));
    backbone.units.push_back(conv_unit(at_level("conv_block_enc", s), s, width[s], keep_down[s]));
    backbone.units.push_back(pool_unit(s, width[s]));
  }
  for (int64_t s = kLevels - 1; s >= 0; --s) {
    const int64_t stage = 2 * kLevels - 1 - s;
    backbone.units.push_back(unpool_unit(s, stage, width[s]));
    backbone.units.push_back(conv_unit(at_level("decoder_block", s), stage, lower(s), up[s]));
    backbone.units.push_back(conv_unit(at_level("conv_block_dec", s), stage, lower(s), keep_up[s]));
  }
  return backbone;
}

}  // namespace

BackboneEntry segnet_entry() {
  using O = SegnetOptions;
  return backbone_entry<O>({"segnet", "SegNet, MTAN's", "Badrinarayanan et al., arXiv:1511.00561"},
                           {option("width", &O::width, at_least(1),
                                   "channels of the first level; the others have 2, 4, 8 and 8 times as many")},
                           segnet);
}

}  // namespace reconcile::backbone_entries
