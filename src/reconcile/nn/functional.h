#pragma once

#include "reconcile/core/streams.h"

namespace reconcile {

// Operations without parameters, stream by stream.

Streams relu(const Streams& x);
Streams max_pool(const Streams& x, int64_t kernel, int64_t stride, int64_t padding);
/// Mean over height and width: [B, C, H, W] -> [B, C].
Streams global_average_pool(const Streams& x);
/// [B, ...] -> [B, rest].
Streams flatten(const Streams& x);
/// a + b; a side that is still shared is added to every stream of the other.
Streams add(const Streams& a, const Streams& b);
/// Joins the channels.
Streams concat(const Streams& a, const Streams& b);

}  // namespace reconcile
