#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "reconcile/draw/vec3.h"

namespace reconcile {

enum class Form { kBox, kSphere, kCylinder };

enum class Pattern { kPlain, kStripes, kChecks, kNoise };

/// What a body looks like: two colours in a pattern whose grain is `size` metres.
struct Material {
  Pattern pattern = Pattern::kPlain;
  Vec3 colour{};
  Vec3 other{};
  double size = 1;
  uint64_t seed = 0;
};

/// A turn about the vertical, from x towards -z.
struct Turn {
  double cos = 1;
  double sin = 0;
};
inline Turn turn_by(double radians) { return {std::cos(radians), std::sin(radians)}; }

/// One body of a scene. World: metres, x and z level, y up.
struct Body {
  Form form = Form::kBox;
  Vec3 centre{};
  Vec3 half{};  ///< half the sides of a box; x is the radius of a sphere or cylinder, y half a cylinder's height
  Turn turn{};  ///< of a box
  int8_t label = 0;
  Material material{};
  bool shines = false;      ///< gives light of its own, as a window does
  bool unmeasured = false;  ///< no depth, as of glass
  bool unlabelled = false;  ///< its class is not told
};

struct Ray {
  Vec3 origin;
  Vec3 direction;  ///< of any length
};

struct Hit {
  double distance = std::numeric_limits<double>::infinity();  ///< in lengths of the ray's direction
  Vec3 normal{};                                              ///< outwards, of unit length
  int64_t body = -1;                                          ///< index, or -1 for none
};

/// The first body from `first` on that the ray meets at a distance above 1e-6. Bodies around the origin are not met
/// from inside.
Hit cast(const Ray& ray, const std::vector<Body>& bodies, size_t first = 0);

/// The place as seen from the body's middle, along its own axes.
Vec3 to_local(const Body& body, Vec3 place);
/// `v` turned.
Vec3 turn(Vec3 v, Turn by);

/// The colour of a material at a place of its body (see `to_local`).
Vec3 colour_at(const Material& material, Vec3 local);

}  // namespace reconcile
