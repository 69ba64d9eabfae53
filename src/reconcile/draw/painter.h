#pragma once

#include <functional>
#include <vector>

#include "reconcile/draw/glyph_shapes.h"
#include "reconcile/draw/vec3.h"

namespace reconcile {

/// Part of the plane: how deep inside it a point lies, negative outside.
using Region = std::function<double(Point)>;

Region ellipse(Point middle, Point radius);
/// A chain of points with a pen of this width.
Region stroke(std::vector<Point> chain, double width);
/// Right of, below, left of, above: the half plane where a * x + b * y > c; (a, b) of unit length.
Region half_plane(double a, double b, double c);
Region both(Region one, Region two);
/// The first without the second.
Region without(Region one, Region two);

/// How the plane lies in the picture: turned, scaled and moved.
struct Frame {
  double angle = 0;
  double scale = 1;
  Point middle{};
};

/// A square picture of the plane around the origin, -1 to 1 from left to right and from top to bottom unless its frame
/// says otherwise. What is painted later lies on top.
class Painter {
 public:
  Painter(int64_t side, const Frame& frame);
  /// Lays a colour over a region; edges are smooth over a pixel, or over `soft`.
  void paint(const Region& region, Vec3 colour, double opacity = 1, double soft = 0);
  /// The same with a colour that depends on the place.
  void paint(const Region& region, const std::function<Vec3(Point)>& colour, double opacity = 1, double soft = 0);
  /// The mean over squares of 2 radius + 1 pixels, as far as they lie in the picture.
  void blur(int64_t radius);
  /// Row by row.
  [[nodiscard]] std::vector<Vec3>& pixels() { return pixels_; }

 private:
  int64_t side_;
  double pixel_size_;
  std::vector<Point> places_;  // of the pixels in the plane
  std::vector<Vec3> pixels_;
};

}  // namespace reconcile
