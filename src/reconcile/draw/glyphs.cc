#include "reconcile/draw/glyphs.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reconcile {
namespace {

constexpr double kTau = 2 * std::numbers::pi;

/// A random affine map followed by two random sine waves.
class Deformation {
 public:
  Deformation(const Bend& bend, Rng& rng) {
    const double angle = rng.uniform(-bend.rotation, bend.rotation);
    const double shear = rng.uniform(-bend.shear, bend.shear);
    const double width = 1 + rng.uniform(-bend.scale, bend.scale);
    const double height = 1 + rng.uniform(-bend.scale, bend.scale);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    x_axis_ = {c * width, s * width};
    y_axis_ = {(c * shear - s) * height, (s * shear + c) * height};
    for (Wave& wave : waves_) {
      wave.push = {rng.uniform(-bend.wave, bend.wave), rng.uniform(-bend.wave, bend.wave)};
      wave.vector = {rng.uniform(-kTau / 2, kTau / 2), rng.uniform(-kTau / 2, kTau / 2)};
      wave.phase = rng.uniform(0, kTau);
    }
  }

  [[nodiscard]] Point operator()(Point p) const {
    Point result = {p.x * x_axis_.x + p.y * y_axis_.x, p.x * x_axis_.y + p.y * y_axis_.y};
    for (const Wave& wave : waves_) {
      const double height = std::sin(wave.vector.x * p.x + wave.vector.y * p.y + wave.phase);
      result.x += wave.push.x * height;
      result.y += wave.push.y * height;
    }
    return result;
  }

 private:
  struct Wave {
    Point push;
    Point vector;
    double phase = 0;
  };
  Point x_axis_;
  Point y_axis_;
  std::array<Wave, 2> waves_;
};

/// The chain with points so close that it can be bent.
std::vector<Point> subdivide(const std::vector<Point>& chain) {
  constexpr double kStep = 0.25;
  std::vector<Point> fine = {chain.front()};
  for (size_t i = 1; i < chain.size(); ++i) {
    const Point a = chain[i - 1];
    const Point b = chain[i];
    const int pieces = std::max(1, static_cast<int>(std::ceil(std::hypot(b.x - a.x, b.y - a.y) / kStep)));
    for (int k = 1; k <= pieces; ++k) {
      fine.push_back({a.x + (b.x - a.x) * k / pieces, a.y + (b.y - a.y) * k / pieces});
    }
  }
  return fine;
}

/// Lowers `squares` (squared distance of each pixel to the strokes) near the segment a-b.
void lower_distances(Point a, Point b, double reach, int64_t side, std::vector<double>& squares) {
  const auto first = [&](double v) { return std::max<int64_t>(0, std::llround(std::floor(v - reach))); };
  const auto last = [&](double v) { return std::min<int64_t>(side - 1, std::llround(std::ceil(v + reach))); };
  const Point d = {b.x - a.x, b.y - a.y};
  const double length = std::max(d.x * d.x + d.y * d.y, 1e-12);
  for (int64_t y = first(std::min(a.y, b.y)); y <= last(std::max(a.y, b.y)); ++y) {
    for (int64_t x = first(std::min(a.x, b.x)); x <= last(std::max(a.x, b.x)); ++x) {
      const Point from_a = {static_cast<double>(x) - a.x, static_cast<double>(y) - a.y};
      const double along = std::clamp((from_a.x * d.x + from_a.y * d.y) / length, 0.0, 1.0);
      const double dx = from_a.x - along * d.x;
      const double dy = from_a.y - along * d.y;
      double& square = squares[y * side + x];
      square = std::min(square, dx * dx + dy * dy);
    }
  }
}

/// Stripes over the plane in a random direction: factors 1 - depth ... 1.
class Texture {
 public:
  Texture(double depth, Rng& rng) : depth_(depth), phase_(rng.uniform(0, kTau)) {
    const double angle = rng.uniform(0, kTau);
    const double frequency = kTau / rng.uniform(3, 6);  // a stripe is 3 to 6 pixels wide
    vector_ = {frequency * std::cos(angle), frequency * std::sin(angle)};
  }
  [[nodiscard]] double operator()(double x, double y) const {
    return depth_ == 0 ? 1 : 1 - depth_ * (0.5 + 0.5 * std::sin(vector_.x * x + vector_.y * y + phase_));
  }

 private:
  double depth_;
  double phase_;
  Point vector_;
};

/// Squared distance of each pixel to the bent shape, at most `reach` squared.
std::vector<double> measure_distances(const Shape& shape, const Placement& placement, const Deformation& deform,
                                      double reach, int64_t side) {
  std::vector<double> squares(static_cast<size_t>(side * side), reach * reach);
  for (const auto& chain : shape) {
    std::vector<Point> points = subdivide(chain);
    for (Point& p : points) {
      p = deform(p);
      p = {placement.center.x + placement.radius * p.x, placement.center.y + placement.radius * p.y};
    }
    for (size_t i = 1; i < points.size(); ++i) lower_distances(points[i - 1], points[i], reach, side, squares);
  }
  return squares;
}

}  // namespace

std::vector<double> stroke_distances(const Shape& shape, const Bend& bend, const Placement& placement, double reach,
                                     int64_t side, Rng& rng) {
  std::vector<double> distances = measure_distances(shape, placement, Deformation(bend, rng), reach, side);
  for (double& distance : distances) distance = std::sqrt(distance);
  return distances;
}

void draw_shape(const Shape& shape, const Style& style, const Placement& placement, Rng& rng, Canvas canvas) {
  const Pen& pen = style.pen;
  const Deformation deform(style.bend, rng);
  const Texture texture(pen.texture, rng);
  const double reach = rng.uniform(pen.min_width, pen.max_width) / 2 + pen.softness;
  const double strength = rng.uniform(0.6, 1.0);
  const auto squares = measure_distances(shape, placement, deform, reach, canvas.side);
  for (int64_t i = 0; i < std::ssize(squares); ++i) {
    const double inside = std::min(1.0, (reach - std::sqrt(squares[i])) / pen.softness);
    if (!(inside > 0)) continue;
    const int64_t row = i / canvas.side, column = i % canvas.side;
    const double colour = texture(static_cast<double>(column), static_cast<double>(row));
    canvas.pixels[i] += static_cast<float>(strength * inside * colour);
  }
}

}  // namespace reconcile
