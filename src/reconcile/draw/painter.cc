#include "reconcile/draw/painter.h"

#include <algorithm>
#include <cmath>

namespace reconcile {
namespace {

double distance_to_segment(Point p, Point a, Point b) {
  const Point d = {b.x - a.x, b.y - a.y};
  const double length = std::max(d.x * d.x + d.y * d.y, 1e-12);
  const double along = std::clamp(((p.x - a.x) * d.x + (p.y - a.y) * d.y) / length, 0.0, 1.0);
  return std::hypot(p.x - a.x - along * d.x, p.y - a.y - along * d.y);
}

}  // namespace

Region ellipse(Point middle, Point radius) {
  return [=](Point p) {
    const double x = (p.x - middle.x) / radius.x;
    const double y = (p.y - middle.y) / radius.y;
    return (1 - std::hypot(x, y)) * std::min(radius.x, radius.y);
  };
}

Region stroke(std::vector<Point> chain, double width) {
  return [chain = std::move(chain), width](Point p) {
    double nearest = distance_to_segment(p, chain.front(), chain.front());
    for (size_t i = 1; i < chain.size(); ++i)
      nearest = std::min(nearest, distance_to_segment(p, chain[i - 1], chain[i]));
    return width / 2 - nearest;
  };
}

Region half_plane(double a, double b, double c) {
  return [=](Point p) { return a * p.x + b * p.y - c; };
}

Region both(Region one, Region two) {
  return [one = std::move(one), two = std::move(two)](Point p) { return std::min(one(p), two(p)); };
}

Region without(Region one, Region two) {
  return [one = std::move(one), two = std::move(two)](Point p) { return std::min(one(p), -two(p)); };
}

Painter::Painter(int64_t side, const Frame& frame)
    : side_(side),
      pixel_size_(2 / (static_cast<double>(side) * frame.scale)),
      pixels_(static_cast<size_t>(side * side)) {
  const double c = std::cos(frame.angle) / frame.scale;
  const double s = std::sin(frame.angle) / frame.scale;
  const auto along = [&](int64_t at) { return (2 * static_cast<double>(at) + 1) / static_cast<double>(side) - 1; };
  for (int64_t i = 0; i < side * side; ++i) {
    const double x = along(i % side) - frame.middle.x;
    const double y = along(i / side) - frame.middle.y;
    places_.push_back({c * x + s * y, c * y - s * x});
  }
}

void Painter::paint(const Region& region, Vec3 colour, double opacity, double soft) {
  paint(
      region, [&](Point) { return colour; }, opacity, soft);
}

void Painter::paint(const Region& region, const std::function<Vec3(Point)>& colour, double opacity, double soft) {
  const double fade = std::max(soft, pixel_size_);
  for (size_t i = 0; i < pixels_.size(); ++i) {
    const double share = opacity * std::clamp(region(places_[i]) / fade + 0.5, 0.0, 1.0);
    if (share > 0) pixels_[i] = blend(pixels_[i], colour(places_[i]), share);
  }
}

void Painter::blur(int64_t radius) {
  for (const int64_t step : {int64_t{1}, side_}) {
    const std::vector<Vec3> sharp = pixels_;
    for (int64_t i = 0; i < side_ * side_; ++i) {
      const int64_t at = i / step % side_;  // the column, then the row
      const int64_t first = std::max<int64_t>(-radius, -at);
      const int64_t last = std::min(radius, side_ - 1 - at);
      Vec3 sum;
      for (int64_t k = first; k <= last; ++k) sum = sum + sharp[static_cast<size_t>(i + k * step)];
      pixels_[static_cast<size_t>(i)] = 1 / static_cast<double>(last - first + 1) * sum;
    }
  }
}

}  // namespace reconcile
