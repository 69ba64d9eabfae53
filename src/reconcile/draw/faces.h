#pragma once

#include <span>

#include "reconcile/draw/face_traits.h"

namespace reconcile {

/// A face with these traits, seen from the front, each drawn in some way: some plainly (a hat), some hard to see (a
/// pointed nose), and one only by what it goes along with (an attractive face). `pixels` [3, side, side].
void draw_face(const Traits& traits, int64_t side, Rng rng, std::span<uint8_t> pixels);

}  // namespace reconcile
