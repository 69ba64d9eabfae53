#include "reconcile/draw/rooms.h"

#include <gtest/gtest.h>

#include <cmath>

#include "reconcile/draw/furniture.h"
#include "reconcile/draw/room_scene.h"

namespace reconcile {
namespace {

constexpr uint64_t kRooms = 60;

TEST(RoomScene, TheCameraStandsClearInsideTheRoom) {
  for (uint64_t i = 0; i < kRooms; ++i) {
    const RoomScene scene = draw_room_scene(Rng(1).fork(i));
    const Camera& camera = scene.camera;
    for (const Vec3 axis : {camera.right, camera.up, camera.forward}) EXPECT_NEAR(norm(axis), 1, 1e-12);
    EXPECT_NEAR(dot(camera.right, camera.up), 0, 1e-12);
    EXPECT_NEAR(dot(cross(camera.up, camera.forward), camera.right), 1, 1e-12);  // x, y up, z ahead: left-handed
    for (const Vec3 way :
         {Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}, Vec3{-1, 0, 0}, Vec3{0, -1, 0}, Vec3{0, 0, -1}}) {
      EXPECT_GT(cast({camera.place, way}, scene.bodies).distance, 0.3) << i;
    }
  }
}

TEST(RoomScene, NothingReachesThroughTheFloorOrTheCeiling) {
  for (uint64_t i = 0; i < kRooms; ++i) {
    const RoomScene scene = draw_room_scene(Rng(2).fork(i));
    const double ceiling = scene.bodies[1].centre.y - scene.bodies[1].half.y;
    for (size_t b = kRoomShell; b < scene.bodies.size(); ++b) {
      const Body& body = scene.bodies[b];
      EXPECT_GE(body.centre.y - body.half.y, -1e-9);
      EXPECT_LT(body.centre.y + body.half.y, ceiling);
    }
  }
}

TEST(RoomScene, AllClassesOccur) {
  std::array<int, 13> rooms{};
  for (uint64_t i = 0; i < kRooms; ++i) {
    std::array<bool, 13> seen{};
    const RoomScene scene = draw_room_scene(Rng(3).fork(i));
    for (const Body& body : scene.bodies) seen[static_cast<size_t>(body.label)] = true;
    for (size_t c = 0; c < seen.size(); ++c) rooms[c] += seen[c] ? 1 : 0;
  }
  for (const int count : rooms) EXPECT_GT(count, 10);
}

TEST(Furniture, StandsOnItsGround) {
  Rng rng(4);
  for (int i = 0; i < 200; ++i) {
    const Piece piece = draw_piece(rng);
    for (const Body& body : piece.bodies) {
      EXPECT_GE(body.centre.y - body.half.y, -1e-9);
      const double half_z = body.form == Form::kBox ? body.half.z : body.half.x;
      EXPECT_LE(std::abs(body.centre.x) + body.half.x, piece.half_width + 0.15);
      EXPECT_LE(std::abs(body.centre.z) + half_z, piece.half_depth + 0.15);
    }
  }
}

TEST(Furniture, TurnsAsAWhole) {
  Piece piece;
  piece.bodies.push_back({.centre = {1, 0.5, 0}, .half = {0.1, 0.5, 0.2}});
  const auto bodies = stand(piece, {5, 0, 7}, 1.5707963267948966);
  EXPECT_NEAR(bodies[0].centre.x, 5, 1e-12);
  EXPECT_NEAR(bodies[0].centre.z, 6, 1e-12);
  EXPECT_NEAR(to_local(bodies[0], {5, 0.5, 6.5}).x, -0.5, 1e-12);
}

struct Picture {
  int64_t height, width;
  std::vector<uint8_t> image;
  std::vector<int8_t> labels;
  std::vector<float> depth, normals;

  Picture(uint64_t room, int64_t height_of, int64_t width_of)
      : height(height_of),
        width(width_of),
        image(static_cast<size_t>(3 * height * width)),
        labels(static_cast<size_t>(height * width)),
        depth(labels.size()),
        normals(image.size()) {
    draw_room(Rng(5).fork(room), {height, width, image, labels, depth, normals});
  }
};

TEST(Rooms, UnknownsAreMarkedAndFew) {
  double no_class = 0, no_depth = 0, pixels = 0;
  for (uint64_t room = 0; room < 40; ++room) {
    const Picture picture(room, 24, 32);
    for (size_t i = 0; i < picture.labels.size(); ++i) {
      const size_t n = picture.labels.size();
      const double length = std::hypot(picture.normals[i], picture.normals[n + i], picture.normals[2 * n + i]);
      EXPECT_NEAR(length, picture.depth[i] > 0 ? 1 : 0, 1e-6);
      EXPECT_TRUE(picture.depth[i] == 0 || (picture.depth[i] > 0.3 && picture.depth[i] < 9)) << picture.depth[i];
      EXPECT_TRUE(picture.labels[i] >= -1 && picture.labels[i] < 13);
      no_class += picture.labels[i] < 0 ? 1 : 0;
      no_depth += picture.depth[i] == 0 ? 1 : 0;
      pixels += 1;
    }
  }
  EXPECT_NEAR(no_class / pixels, 0.09, 0.07);
  EXPECT_NEAR(no_depth / pixels, 0.08, 0.05);
}

TEST(Rooms, TheMiddleShowsWhatLiesOnTheOpticalAxis) {
  int known = 0;
  for (uint64_t room = 0; room < 30; ++room) {
    const Picture picture(room, 25, 33);
    const RoomScene scene = draw_room_scene(Rng(5).fork(room).fork("scene"));
    const Hit hit = cast({scene.camera.place, scene.camera.forward}, scene.bodies);
    const size_t middle = 12 * 33 + 16;
    if (picture.depth[middle] == 0) continue;
    ++known;
    EXPECT_NEAR(picture.depth[middle], hit.distance, 1e-5);  // metres: the axis is of unit length
    EXPECT_NEAR(picture.normals[2 * picture.depth.size() + middle], -dot(hit.normal, scene.camera.forward), 1e-6);
  }
  EXPECT_GT(known, 20);
}

// A pixel of twice as many lies a quarter of a pixel aside, so depth agrees but for slopes and borders.
TEST(Rooms, TheSameRoomIsSeenAtAnySize) {
  const Picture small(7, 24, 32);
  const Picture large(7, 48, 64);
  int known = 0, alike = 0;
  for (int64_t y = 0; y < 24; ++y) {
    for (int64_t x = 0; x < 32; ++x) {
      const float a = small.depth[static_cast<size_t>(y * 32 + x)];
      const float b = large.depth[static_cast<size_t>(2 * y * 64 + 2 * x)];
      if (a == 0 || b == 0) continue;
      ++known;
      alike += std::abs(a - b) < 0.1 * a ? 1 : 0;
    }
  }
  EXPECT_GT(known, 400);
  EXPECT_GT(alike, 0.9 * known);
}

}  // namespace
}  // namespace reconcile
