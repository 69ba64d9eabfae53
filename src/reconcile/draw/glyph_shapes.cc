#include "reconcile/draw/glyph_shapes.h"

#include <cmath>
#include <numbers>

namespace reconcile {
namespace {

/// Part of an ellipse around (x, y); angles in degrees, 0 is right, 90 is down.
std::vector<Point> arc(Point center, Point radius, double from, double to) {
  std::vector<Point> points;
  const int pieces = 16;
  for (int i = 0; i <= pieces; ++i) {
    const double angle = (from + (to - from) * i / pieces) * std::numbers::pi / 180;
    points.push_back({center.x + radius.x * std::cos(angle), center.y + radius.y * std::sin(angle)});
  }
  return points;
}

}  // namespace

const Alphabet& letters() {
  static const Alphabet shapes = {{
      {arc({0, 0}, {.75, .95}, 0, 360)},                                           // O
      {arc({0, 0}, {.75, .95}, 45, 315)},                                          // C
      {arc({0, 0}, {.75, .95}, 45, 315), {{.2, .2}, {.75, .2}, {.6, .8}}},         // G
      {arc({0, -.45}, {.65, .5}, -30, -270), arc({0, .5}, {.65, .45}, -90, 150)},  // S
      {{{-.65, -.9}, {.65, -.9}, {-.65, .9}, {.65, .9}}},                          // Z
      {{{0, -.95}, {0, .95}}, {{-.75, -.9}, {.75, -.9}}},                          // T
      {{{-.7, -.95}, {0, -.05}, {.7, -.95}}, {{0, -.05}, {0, .95}}},               // Y
      {{{-.7, -.95}, {.7, .95}}, {{.7, -.95}, {-.7, .95}}},                        // X
      {{{.6, -.9}, {-.6, -.9}, {-.6, .9}}, {{-.6, 0}, {.4, 0}}},                   // F
      {{{.6, -.9}, {-.6, -.9}, {-.6, .9}, {.6, .9}}, {{-.6, 0}, {.4, 0}}},         // E
  }};
  return shapes;
}

const Alphabet& signs() {
  static const Alphabet shapes = {{
      {{{0, -.9}, {.9, .75}, {-.9, .75}, {0, -.9}}},                                 // triangle
      {{{0, .9}, {.9, -.75}, {-.9, -.75}, {0, .9}}},                                 // triangle on its tip
      {{{-.75, -.75}, {.75, -.75}, {.75, .75}, {-.75, .75}, {-.75, -.75}}},          // square
      {arc({0, 0}, {.85, .85}, 0, 360)},                                             // ring
      {{{0, -.95}, {.7, 0}, {0, .95}, {-.7, 0}, {0, -.95}}},                         // diamond
      {{{-.8, -.8}, {.8, .8}, {.8, -.8}, {-.8, .8}, {-.8, -.8}}},                    // bow tie
      {{{-.8, -.8}, {.8, -.8}, {-.8, .8}, {.8, .8}, {-.8, -.8}}},                    // hourglass
      {{{-.6, -.9}, {-.6, .9}}, {{.6, -.9}, {.6, .9}}},                              // two bars
      {arc({0, 0}, {.8, .85}, 180, 360), {{.8, 0}, {.8, .9}, {-.8, .9}, {-.8, 0}}},  // arch
      {{{0, -.9}, {0, .9}}, {{-.9, 0}, {.9, 0}}},                                    // plus
  }};
  return shapes;
}

}  // namespace reconcile
