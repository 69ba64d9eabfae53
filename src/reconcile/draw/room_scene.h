#pragma once

#include "reconcile/base/rng.h"
#include "reconcile/draw/ray_cast.h"

namespace reconcile {

/// What a pixel of a room shows: NYUv2's 13 classes, in its order.
enum RoomClass : int8_t {
  kBed,
  kBooks,
  kCeiling,
  kChair,
  kFloor,
  kFurniture,
  kObjects,
  kPicture,
  kSofa,
  kTable,
  kTv,
  kWall,
  kWindow
};

struct Light {
  Vec3 place{};
  Vec3 colour{};  ///< brightness at one metre
};

/// Where a picture is taken from; the three axes are of unit length and at right angles.
struct Camera {
  Vec3 place{};
  Vec3 right{};
  Vec3 up{};
  Vec3 forward{};
};

/// A room: floor, ceiling and four walls (slabs, the first six bodies), then what hangs and stands in it.
struct RoomScene {
  std::vector<Body> bodies;
  std::vector<Light> lights;
  double ambient = 0;
  Camera camera;
};
constexpr size_t kRoomShell = 6;

/// A random room.
RoomScene draw_room_scene(Rng rng);

}  // namespace reconcile
