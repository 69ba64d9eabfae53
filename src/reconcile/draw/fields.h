#pragma once

#include <span>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile {

/// Draws one smooth random image of `shape` [C, H, W]: a colour, four soft blobs and two plane waves, each with a
/// colour of its own, squeezed into 0 ... 255. `pixels` is [C, H, W].
void draw_field(const std::vector<int64_t>& shape, Rng rng, std::span<uint8_t> pixels);

}  // namespace reconcile
