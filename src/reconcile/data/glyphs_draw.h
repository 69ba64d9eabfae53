#pragma once

#include <span>

#include "reconcile/base/rng.h"
#include "reconcile/data/glyph_shapes.h"

namespace reconcile {

/// How the strokes of an alphabet look. Lengths in pixels.
struct Pen {
  double min_width = 1;
  double max_width = 1;
  double softness = 1;  ///< over how many pixels the edge of a stroke fades
  double texture = 0;   ///< depth of the stripes across the glyph, 0 (none) to 1
};

/// How far a glyph may be bent away from its shape.
struct Bend {
  double rotation = 0;  ///< largest turn, radians
  double scale = 0;     ///< each axis is scaled by 1 - scale ... 1 + scale
  double shear = 0;     ///< largest shear
  double wave = 0;      ///< largest amplitude of the elastic waves, in units of the glyph
};

/// A square of brightnesses, `side` x `side`, that strokes are added to.
struct Canvas {
  int64_t side = 0;
  std::span<float> pixels;
};

/// Adds `shape`, bent at random, with its middle at `center` (pixels) and `radius` pixels for one unit.
void draw_shape(const Shape& shape, const Pen& pen, const Bend& bend, Point center, double radius, Rng& rng,
                Canvas canvas);

}  // namespace reconcile
