#pragma once

#include <span>

#include "reconcile/base/rng.h"

namespace reconcile {

/// Focal length of the camera in widths of the picture: as that of NYUv2 (519 of 640 pixels).
constexpr double kRoomFocal = 0.81;

/// What is seen of one room; pixels row by row.
struct RoomView {
  int64_t height = 0;
  int64_t width = 0;
  std::span<uint8_t> image;  ///< [3, H, W]
  std::span<int8_t> labels;  ///< [H, W] 0 ... 12 as in RoomClass, or -1
  std::span<float> depth;    ///< [H, W] metres along the optical axis, or 0
  std::span<float> normals;  ///< [3, H, W] x right, y up, z to the camera; or zero, where depth is 0
};

/// Takes a picture in a random room. The point at pixel (row, column) lies at depth * ((column + 1/2 - W/2) / f,
/// (H/2 - row - 1/2) / f, 1) right, up and ahead of the camera, f = kRoomFocal * W. Depth and normals are exact.
void draw_room(Rng rng, const RoomView& view);

}  // namespace reconcile
