#pragma once

namespace reconcile::bench {

/// Google Benchmark's "convolution/LAYER/WHOSE" and "batch_norm/LAYER/WHOSE": forward and all gradients of the kinds of
/// layers that ResNet-18 has on 36x36 images, batch 64, by LibTorch and by our kernels in every precision. Each is held
/// against LibTorch's answer first.
void register_convolutions();

}  // namespace reconcile::bench
