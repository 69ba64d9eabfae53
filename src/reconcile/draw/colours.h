#pragma once

#include <cstdint>

#include "reconcile/base/rng.h"
#include "reconcile/draw/vec3.h"

namespace reconcile {

/// Red, green and blue in [0, 1] of a hue (turns; any number), a saturation and a value in [0, 1].
Vec3 from_hue(double hue, double saturation, double value);

/// A number in [0, 1] as a byte, rounded; cut where it is outside.
uint8_t to_byte(double value);

/// Nearly normal, mean 0, deviation 1, one draw: the sum of the four quarters of 64 bits.
double rough_normal(Rng& rng);

/// Smooth noise in [0, 1] over space with a grain of size 1; the same `seed` gives the same noise.
double smooth_noise(Vec3 at, uint64_t seed);

}  // namespace reconcile
