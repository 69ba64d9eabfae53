#include "reconcile/draw/room_scene.h"

#include <algorithm>
#include <numbers>

#include "reconcile/draw/furniture.h"

namespace reconcile {
namespace {

constexpr double kSlab = 0.1;       // half the thickness of floor, ceiling and walls
constexpr double kClear = 0.35;     // metres between the camera and anything
constexpr int kPlaceAttempts = 12;  // for a piece of furniture
constexpr int kCameraAttempts = 60;
constexpr double kUnlabelled = 0.04;  // share of things whose class is not told
constexpr double kTurn = std::numbers::pi / 2;

/// The ground that stands under something, an upright rectangle.
struct Ground {
  double x = 0, z = 0, half_x = 0, half_z = 0;
};

bool overlap(const Ground& a, const Ground& b) {
  return std::abs(a.x - b.x) < a.half_x + b.half_x && std::abs(a.z - b.z) < a.half_z + b.half_z;
}

void add_slab(RoomScene& scene, Vec3 centre, Vec3 half, const Material& material, RoomClass label) {
  scene.bodies.push_back({.centre = centre, .half = half, .label = label, .material = material});
}

/// A box room between the origin and `size`.
void add_shell(RoomScene& scene, Vec3 size, Rng& rng) {
  const Vec3 middle = 0.5 * size;
  const Vec3 wide = middle + Vec3{2 * kSlab, 2 * kSlab, 2 * kSlab};
  const Material floor = draw_material(kFloor, rng);
  const Material ceiling = draw_material(kCeiling, rng);
  const Material wall = draw_material(kWall, rng);
  const Material accent = rng.below(3) == 0 ? draw_material(kWall, rng) : wall;
  add_slab(scene, {middle.x, -kSlab, middle.z}, {wide.x, kSlab, wide.z}, floor, kFloor);
  add_slab(scene, {middle.x, size.y + kSlab, middle.z}, {wide.x, kSlab, wide.z}, ceiling, kCeiling);
  add_slab(scene, {-kSlab, middle.y, middle.z}, {kSlab, wide.y, wide.z}, accent, kWall);
  add_slab(scene, {size.x + kSlab, middle.y, middle.z}, {kSlab, wide.y, wide.z}, wall, kWall);
  add_slab(scene, {middle.x, middle.y, -kSlab}, {wide.x, wide.y, kSlab}, wall, kWall);
  add_slab(scene, {middle.x, middle.y, size.z + kSlab}, {wide.x, wide.y, kSlab}, wall, kWall);
}

/// A thin box on wall 0 ... 3: pictures, windows, doors (which are wall), televisions.
void hang(RoomScene& scene, Vec3 size, int64_t wall, Rng& rng) {
  static constexpr std::array<RoomClass, 7> kKinds = {kPicture, kPicture, kPicture, kWindow, kWindow, kWall, kTv};
  const RoomClass what = kKinds[static_cast<size_t>(rng.below(std::ssize(kKinds)))];
  const bool door = what == kWall;
  const bool window = what == kWindow;
  const double length = wall < 2 ? size.z : size.x;
  const double half_width = door ? 0.45 : window ? rng.uniform(0.4, 0.9) : rng.uniform(0.2, 0.5);
  const double half_height = door ? 1.0 : window ? rng.uniform(0.4, 0.7) : half_width * rng.uniform(0.55, 1.1);
  const double along = rng.uniform(half_width + 0.1, length - half_width - 0.1);
  const double height = door ? half_height : rng.uniform(1.3, 1.7);
  const double thick = what == kTv ? 0.04 : 0.015;
  const double near = wall % 2 == 0 ? thick : -thick;
  Body body{.label = what, .material = draw_material(what, rng)};
  body.shines = window;
  body.unmeasured = window && rng.below(2) == 0;
  body.centre = wall < 2 ? Vec3{(wall == 0 ? 0 : size.x) + near, height, along}
                         : Vec3{along, height, (wall == 2 ? 0 : size.z) + near};
  body.half = wall < 2 ? Vec3{thick, half_height, half_width} : Vec3{half_width, half_height, thick};
  scene.bodies.push_back(body);
}

/// Puts `piece` with its back to a wall, or anywhere; nothing if there is no room for it.
void place(RoomScene& scene, const Piece& piece, Vec3 size, std::vector<Ground>& taken, Rng& rng) {
  for (int attempt = 0; attempt < kPlaceAttempts; ++attempt) {
    const int64_t quarter = rng.below(4);  // backs to -z, -x, +z, +x
    const bool across = quarter % 2 == 1;
    const Ground half{0, 0, across ? piece.half_depth : piece.half_width, across ? piece.half_width : piece.half_depth};
    const bool free = rng.below(3) == 0;
    const double margin = free ? 0.3 : 0.08;
    Ground ground = half;
    ground.x = rng.uniform(half.half_x + margin, std::max(size.x - half.half_x, half.half_x) - margin);
    ground.z = rng.uniform(half.half_z + margin, std::max(size.z - half.half_z, half.half_z) - margin);
    if (!free && across) ground.x = quarter == 1 ? half.half_x + margin : size.x - half.half_x - margin;
    if (!free && !across) ground.z = quarter == 0 ? half.half_z + margin : size.z - half.half_z - margin;
    const auto taken_by = [&](const Ground& other) { return overlap(ground, other); };
    if (std::any_of(taken.begin(), taken.end(), taken_by)) continue;
    taken.push_back(ground);
    const double yaw = kTurn * static_cast<double>(quarter) + (free ? rng.uniform(-0.25, 0.25) : 0);
    const auto bodies = stand(piece, {ground.x, 0, ground.z}, yaw);
    scene.bodies.insert(scene.bodies.end(), bodies.begin(), bodies.end());
    return;
  }
}

bool is_clear(Vec3 at, const RoomScene& scene) {
  return std::none_of(scene.bodies.begin() + kRoomShell, scene.bodies.end(), [&](const Body& body) {
    const Vec3 p = to_local(body, at);
    const double half_z = body.form == Form::kBox ? body.half.z : body.half.x;
    return std::abs(p.x) < body.half.x + kClear && std::abs(p.y) < body.half.y + kClear &&
           std::abs(p.z) < half_z + kClear;
  });
}

Camera look(Vec3 from, Vec3 to, double roll) {
  Camera camera{.place = from, .forward = unit(to - from)};
  const Vec3 level = unit(cross({0, 1, 0}, camera.forward));
  const Vec3 upright = cross(camera.forward, level);
  camera.right = std::cos(roll) * level + std::sin(roll) * upright;
  camera.up = std::cos(roll) * upright - std::sin(roll) * level;
  return camera;
}

/// Somewhere at the height of eyes, looking across the room; of some clear places the one that sees farthest.
Camera draw_camera(const RoomScene& scene, Vec3 size, Rng& rng) {
  Camera best;
  double farthest = -1;
  for (int attempt = 0; attempt < kCameraAttempts && (attempt < 6 || farthest < 1.5); ++attempt) {
    const Vec3 from = {rng.uniform(0.4, size.x - 0.4), rng.uniform(1.1, 1.8), rng.uniform(0.4, size.z - 0.4)};
    const Vec3 to = {rng.uniform(0, size.x), rng.uniform(0, 1.1), rng.uniform(0, size.z)};
    const double roll = rng.uniform(-0.05, 0.05);
    const double flat = std::hypot(to.x - from.x, to.z - from.z);
    const double score = is_clear(from, scene) ? std::min(flat, 4.0) : 0;
    if (flat < 0.5 || score <= farthest) continue;
    farthest = score;
    best = look(from, to, roll);
  }
  return best;
}

void add_lights(RoomScene& scene, Vec3 size, Rng& rng) {
  scene.ambient = rng.uniform(0.25, 0.45);
  const int64_t count = 1 + rng.below(2);
  for (int64_t i = 0; i < count; ++i) {
    const Vec3 at = {rng.uniform(0.2, 0.8) * size.x, size.y - rng.uniform(0.15, 0.5), rng.uniform(0.2, 0.8) * size.z};
    const double power = rng.uniform(1.5, 3.5) / static_cast<double>(count);
    scene.lights.push_back({at, power * Vec3{1, rng.uniform(0.85, 1.0), rng.uniform(0.65, 1.0)}});
  }
}

}  // namespace

RoomScene draw_room_scene(Rng rng) {
  const double width = rng.uniform(2.8, 5.5);
  const Vec3 size = {width, rng.uniform(2.3, 3.1), rng.uniform(2.8, 5.5)};
  RoomScene scene;
  add_shell(scene, size, rng);
  for (int64_t wall = 0; wall < 4; ++wall) {
    if (rng.below(4) != 0) hang(scene, size, wall, rng);
  }
  std::vector<Ground> taken;
  for (int64_t count = 5 + rng.below(6); count > 0; --count) place(scene, draw_piece(rng), size, taken, rng);
  for (size_t i = kRoomShell; i < scene.bodies.size(); ++i) scene.bodies[i].unlabelled = rng.uniform() < kUnlabelled;
  add_lights(scene, size, rng);
  scene.camera = draw_camera(scene, size, rng);
  return scene;
}

}  // namespace reconcile
