#include "reconcile/draw/ray_cast.h"

#include <algorithm>
#include <numbers>
#include <utility>

#include "reconcile/draw/colours.h"

namespace reconcile {
namespace {

constexpr double kNearest = 1e-6;

Turn back(Turn turn) { return {turn.cos, -turn.sin}; }

/// Where a line enters -half ... half along one axis, and where it leaves.
std::pair<double, double> slab(double origin, double direction, double half) {
  if (direction == 0) {
    const double inside = std::abs(origin) <= half ? 1 : -1;
    return {-inside * std::numeric_limits<double>::infinity(), inside * std::numeric_limits<double>::infinity()};
  }
  const double a = (-half - origin) / direction;
  const double b = (half - origin) / direction;
  return std::minmax(a, b);
}

Hit hit_box(const Ray& ray, const Body& body) {
  const Vec3 o = to_local(body, ray.origin);
  const Vec3 d = turn(ray.direction, back(body.turn));
  const auto [x_in, x_out] = slab(o.x, d.x, body.half.x);
  const auto [y_in, y_out] = slab(o.y, d.y, body.half.y);
  const auto [z_in, z_out] = slab(o.z, d.z, body.half.z);
  const double in = std::max({x_in, y_in, z_in});
  if (in <= kNearest || in > std::min({x_out, y_out, z_out})) return {};
  Vec3 normal;
  if (in == x_in) {
    normal.x = d.x > 0 ? -1 : 1;
  } else if (in == y_in) {
    normal.y = d.y > 0 ? -1 : 1;
  } else {
    normal.z = d.z > 0 ? -1 : 1;
  }
  return {.distance = in, .normal = turn(normal, body.turn)};
}

/// The smaller root of a t^2 + 2 b t + c = 0, or infinity.
double first_root(double a, double b, double c) {
  const double discriminant = b * b - a * c;
  if (a <= 0 || discriminant < 0) return std::numeric_limits<double>::infinity();
  return (-b - std::sqrt(discriminant)) / a;
}

Hit hit_sphere(const Ray& ray, const Body& body) {
  const Vec3 o = ray.origin - body.centre;
  const double radius = body.half.x;
  const double t = first_root(dot(ray.direction, ray.direction), dot(o, ray.direction), dot(o, o) - radius * radius);
  if (t <= kNearest || t == std::numeric_limits<double>::infinity()) return {};
  return {.distance = t, .normal = 1 / radius * (o + t * ray.direction)};
}

Hit hit_cylinder(const Ray& ray, const Body& body) {
  const Vec3 o = ray.origin - body.centre;
  const Vec3 d = ray.direction;
  const double radius = body.half.x;
  const double side = first_root(d.x * d.x + d.z * d.z, o.x * d.x + o.z * d.z, o.x * o.x + o.z * o.z - radius * radius);
  if (side > kNearest && std::abs(o.y + side * d.y) <= body.half.y) {
    return {.distance = side, .normal = 1 / radius * Vec3{o.x + side * d.x, 0, o.z + side * d.z}};
  }
  const double up = d.y > 0 ? -1 : 1;  // the end that the ray comes to first
  const double end = (up * body.half.y - o.y) / d.y;
  const Vec3 at = o + end * d;
  if (!(end > kNearest) || !(at.x * at.x + at.z * at.z <= radius * radius)) return {};
  return {.distance = end, .normal = {0, up, 0}};
}

Hit hit_body(const Ray& ray, const Body& body) {
  if (body.form == Form::kBox) return hit_box(ray, body);
  return body.form == Form::kSphere ? hit_sphere(ray, body) : hit_cylinder(ray, body);
}

/// How much of the second colour, 0 to 1.
double share_of_other(const Material& material, Vec3 p) {
  switch (material.pattern) {
    case Pattern::kPlain:
      return 0;
    case Pattern::kStripes:
      return std::sin(std::numbers::pi * (p.x + p.z + 0.05 * p.y)) > 0 ? 1 : 0;
    case Pattern::kChecks:
      return std::fmod(std::abs(std::floor(p.x) + std::floor(p.y) + std::floor(p.z)), 2.0);
    case Pattern::kNoise:
      return smooth_noise(p, material.seed);
  }
  return 0;
}

}  // namespace

Hit cast(const Ray& ray, const std::vector<Body>& bodies, size_t first) {
  Hit nearest;
  for (size_t i = first; i < bodies.size(); ++i) {
    const Hit hit = hit_body(ray, bodies[i]);
    if (hit.distance >= nearest.distance) continue;
    nearest = hit;
    nearest.body = static_cast<int64_t>(i);
  }
  return nearest;
}

Vec3 turn(Vec3 v, Turn by) { return {by.cos * v.x + by.sin * v.z, v.y, by.cos * v.z - by.sin * v.x}; }

Vec3 to_local(const Body& body, Vec3 place) { return turn(place - body.centre, back(body.turn)); }

Vec3 colour_at(const Material& material, Vec3 local) {
  // Half a grain aside: faces of boxes would lie on the borders of checks.
  const Vec3 at = 1 / material.size * local + Vec3{0.37, 0.41, 0.43};
  return blend(material.colour, material.other, share_of_other(material, at));
}

}  // namespace reconcile
