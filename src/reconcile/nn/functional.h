#pragma once

#include "reconcile/core/streams.h"
#include "reconcile/kernels/batch_norm.h"
#include "reconcile/nn/phase.h"

namespace reconcile {

// Operations without parameters, stream by stream.

Streams relu(const Streams& x);
Streams clamped(const Streams& x, const Clamp& clamp);
Streams max_pool(const Streams& x, int64_t kernel, int64_t stride, int64_t padding);
/// Mean over height and width: [B, C, H, W] -> [B, C].
Streams global_average_pool(const Streams& x);
/// The same as a map of one pixel: [B, C, 1, 1].
Streams image_average(const Streams& x);
/// [B, ...] -> [B, rest].
Streams flatten(const Streams& x);
/// a + b; a side that is still shared is added to every stream of the other.
Streams add(const Streams& a, const Streams& b);
/// Joins the channels.
Streams concat(const Streams& a, const Streams& b);
/// Bilinear resize of [B, C, H, W] to the height and width of `like`.
Streams resize_like(const Streams& x, const Streams& like);
/// While training, sets each element to 0 with probability p and divides the others by 1 - p.
Streams dropout(const Streams& x, double p, Phase& phase);

/// 2x2 max-pool: the maxima, and where in the input they stood.
struct Pooled {
  Streams values;
  Streams places;
  std::vector<int64_t> size;  ///< height and width of the input
};
Pooled max_pool_with_places(const Streams& x);
/// Puts values back to where the maxima stood, zeros elsewhere.
Streams max_unpool(const Streams& x, const Pooled& pooled);

/// sum over j of weights[j] * columns[j]. `weights` is [n], or [B, n] with one mixture for each sample.
Streams mix(const Streams& weights, const std::vector<Streams>& columns);

// The same for one tensor, where a task's own layers need it.

at::Tensor clamped(const at::Tensor& x, const Clamp& clamp);
at::Tensor resize_to(const at::Tensor& x, at::IntArrayRef size, bool align_corners = false);
at::Tensor dropout(const at::Tensor& x, double p, Phase& phase);

}  // namespace reconcile
