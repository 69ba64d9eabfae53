#pragma once

#include <array>
#include <vector>

namespace reconcile {

struct Point {
  double x = 0;
  double y = 0;
};

/// Strokes inside the square [-1, 1]^2, x to the right, y downwards; each is a chain of points.
using Shape = std::vector<std::vector<Point>>;
using Alphabet = std::array<Shape, 10>;

/// Ten letter-like shapes of open strokes.
const Alphabet& letters();
/// Ten signs, most of them closed outlines.
const Alphabet& signs();

}  // namespace reconcile
