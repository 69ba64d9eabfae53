#pragma once

#include <vector>

#include "reconcile/base/rng.h"
#include "reconcile/draw/room_scene.h"

namespace reconcile {

/// One of the looks that a class of things may have: hues overlap between classes.
Material draw_material(RoomClass of, Rng& rng);

/// A piece of furniture around the origin, its back towards -z, standing on y = 0, and the ground that it needs.
struct Piece {
  std::vector<Body> bodies{};
  double half_width = 0;  ///< along x
  double half_depth = 0;  ///< along z
};

/// A random bed, sofa, table, chair, cupboard, chest with a television, bookshelf or thing on the floor; books and
/// objects on top.
Piece draw_piece(Rng& rng);

/// `piece` turned about the vertical by `yaw` and moved to `place`.
std::vector<Body> stand(const Piece& piece, Vec3 place, double yaw);

}  // namespace reconcile
