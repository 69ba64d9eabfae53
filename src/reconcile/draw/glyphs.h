#pragma once

#include <span>

#include "reconcile/base/rng.h"
#include "reconcile/draw/glyph_shapes.h"

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

/// Pen and bend of one kind of glyph.
struct Style {
  Pen pen;
  Bend bend;
};

/// Where the middle of a glyph comes to lie, and how many pixels its unit is.
struct Placement {
  Point center;
  double radius = 1;
};

/// A square of `side` x `side` brightnesses that strokes are added to.
struct Canvas {
  int64_t side = 0;
  std::span<float> pixels;
};

/// Distance in pixels of each pixel to the nearest stroke of `shape`, bent at random, at most `reach`: [side * side].
std::vector<double> stroke_distances(const Shape& shape, const Bend& bend, const Placement& placement, double reach,
                                     int64_t side, Rng& rng);

/// Adds `shape`, bent at random, with strokes of brightness 0.6 to 1.
void draw_shape(const Shape& shape, const Style& style, const Placement& placement, Rng& rng, Canvas canvas);

}  // namespace reconcile
