#include "reconcile/draw/furniture.h"

#include <array>

#include "reconcile/draw/colours.h"

namespace reconcile {
namespace {

/// The usual colours of a class; what is drawn strays far from them.
struct Look {
  double hue = 0;
  double hue_range = 0.5;
  double saturation = 0.4;
  double value = 0.6;
};

constexpr std::array<Look, 13> kLooks = {{
    {.6, .30, .45, .65},   // bed
    {.0, .50, .60, .55},   // books
    {.1, .10, .08, .90},   // ceiling
    {.07, .25, .5, .45},   // chair
    {.08, .12, .4, .50},   // floor
    {.08, .15, .45, .50},  // furniture
    {.3, .50, .60, .60},   // objects
    {.5, .50, .50, .60},   // picture
    {.0, .30, .40, .45},   // sofa
    {.09, .12, .45, .6},   // table
    {.6, .20, .15, .12},   // tv
    {.12, .3, .18, .80},   // wall
    {.55, .1, .25, .95},   // window
}};

/// Adds bodies around the middle of a piece.
class Builder {
 public:
  Builder(std::vector<Body>& bodies, RoomClass of, const Material& material)
      : bodies_(bodies), label_(of), material_(material) {}

  /// A box that stands at height `bottom`.
  void box(double x, double bottom, double z, Vec3 size) {
    bodies_.push_back(
        {.centre = {x, bottom + size.y / 2, z}, .half = 0.5 * size, .label = label_, .material = material_});
  }
  void cylinder(double x, double bottom, double z, double radius, double height) {
    bodies_.push_back({.form = Form::kCylinder,
                       .centre = {x, bottom + height / 2, z},
                       .half = {radius, height / 2, radius},
                       .label = label_,
                       .material = material_});
  }
  void sphere(double x, double bottom, double z, double radius) {
    bodies_.push_back({.form = Form::kSphere,
                       .centre = {x, bottom + radius, z},
                       .half = {radius, radius, radius},
                       .label = label_,
                       .material = material_});
  }
  void legs(double half_width, double half_depth, double height, double thick) {
    for (const double x : {-1.0, 1.0}) {
      for (const double z : {-1.0, 1.0}) {
        box(x * (half_width - thick / 2), 0, z * (half_depth - thick / 2), {thick, height, thick});
      }
    }
  }

 private:
  std::vector<Body>& bodies_;
  RoomClass label_;
  Material material_;
};

Builder build(Piece& piece, RoomClass of, Rng& rng) { return {piece.bodies, of, draw_material(of, rng)}; }

/// A pile, or a row, of books at (x, bottom, z).
void add_books(Piece& piece, double x, double bottom, double z, Rng& rng) {
  const bool row = rng.below(2) == 0;
  double along = 0;
  for (int64_t i = 2 + rng.below(4); i > 0; --i) {
    Builder book = build(piece, kBooks, rng);
    const double thick = rng.uniform(0.03, 0.07);
    if (row) {
      book.box(x + along, bottom, z, {thick, rng.uniform(0.2, 0.3), 0.18});
      along += thick + 0.002;
    } else {
      book.box(x + rng.uniform(-0.03, 0.03), bottom + along, z, {rng.uniform(0.2, 0.28), thick, 0.2});
      along += thick;
    }
  }
}

void add_object(Piece& piece, double x, double bottom, double z, Rng& rng) {
  Builder object = build(piece, kObjects, rng);
  const double size = rng.uniform(0.08, 0.18);
  switch (rng.below(4)) {
    case 0:
      return object.sphere(x, bottom, z, size);
    case 1:
      return object.cylinder(x, bottom, z, size * 0.7, rng.uniform(0.15, 0.4));
    case 2:
      return object.box(x, bottom, z, {2 * size, rng.uniform(0.1, 0.35), size});
    default:  // a lamp
      object.cylinder(x, bottom, z, 0.02, 0.3);
      return build(piece, kObjects, rng).cylinder(x, bottom + 0.3, z, size, 0.2);
  }
}

/// Books and objects on a level top.
void lay_top(Piece& piece, double half_width, double height, Rng& rng) {
  for (const double x : {-0.55, 0.05, 0.6}) {
    const int64_t what = rng.below(4);
    if (what == 0) add_books(piece, x * half_width, height, rng.uniform(-0.05, 0.05), rng);
    if (what == 1) add_object(piece, x * half_width, height, rng.uniform(-0.05, 0.05), rng);
  }
}

Piece draw_bed(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.5, 0.9), .half_depth = 1.0};
  Builder bed = build(piece, kBed, rng);
  const double height = rng.uniform(0.4, 0.6);
  bed.box(0, 0, 0, {2 * piece.half_width, height, 2 * piece.half_depth});
  build(piece, kBed, rng).box(0, 0, -1.03, {2 * piece.half_width, height + 0.5, 0.06});
  build(piece, rng.below(2) == 0 ? kBed : kObjects, rng).box(0, height, -0.7, {piece.half_width, 0.13, 0.4});
  return piece;
}

Piece draw_sofa(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.5, 1.1), .half_depth = 0.45};
  Builder sofa = build(piece, kSofa, rng);
  const double width = 2 * piece.half_width;
  sofa.box(0, 0, 0, {width, 0.42, 0.9});
  sofa.box(0, 0.42, -0.34, {width, rng.uniform(0.3, 0.45), 0.22});
  for (const double side : {-1.0, 1.0}) sofa.box(side * (piece.half_width - 0.09), 0.42, 0.06, {0.18, 0.2, 0.76});
  if (rng.below(2) == 0) build(piece, kObjects, rng).box(rng.uniform(-0.3, 0.3), 0.42, -0.16, {0.4, 0.35, 0.12});
  return piece;
}

Piece draw_table(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.4, 0.8), .half_depth = rng.uniform(0.35, 0.5)};
  Builder table = build(piece, kTable, rng);
  const double height = rng.below(3) == 0 ? rng.uniform(0.35, 0.5) : rng.uniform(0.68, 0.78);
  if (rng.below(3) == 0) {
    piece.half_width = piece.half_depth;
    table.cylinder(0, height - 0.04, 0, piece.half_depth, 0.04);
    table.cylinder(0, 0, 0, 0.05, height - 0.04);
  } else {
    table.box(0, height - 0.04, 0, {2 * piece.half_width, 0.04, 2 * piece.half_depth});
    table.legs(piece.half_width, piece.half_depth, height - 0.04, 0.06);
  }
  lay_top(piece, piece.half_width, height, rng);
  return piece;
}

Piece draw_chair(Rng& rng) {
  Piece piece{.half_width = 0.24, .half_depth = 0.24};
  Builder chair = build(piece, kChair, rng);
  chair.legs(0.23, 0.23, 0.43, 0.045);
  chair.box(0, 0.43, 0, {0.46, 0.05, 0.46});
  chair.box(0, 0.48, -0.21, {0.46, rng.uniform(0.35, 0.55), 0.04});
  return piece;
}

Piece draw_cupboard(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.3, 0.8), .half_depth = rng.uniform(0.2, 0.32)};
  const double height = rng.uniform(0.6, 2.1);
  build(piece, kFurniture, rng).box(0, 0, 0, {2 * piece.half_width, height, 2 * piece.half_depth});
  if (height < 1.3) lay_top(piece, piece.half_width, height, rng);
  return piece;
}

Piece draw_tv_chest(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.5, 0.8), .half_depth = 0.25};
  const double height = rng.uniform(0.4, 0.7);
  build(piece, kFurniture, rng).box(0, 0, 0, {2 * piece.half_width, height, 0.5});
  Builder tv = build(piece, kTv, rng);
  const double width = rng.uniform(0.7, 1.1);
  tv.box(0, height, 0, {0.25, 0.05, 0.15});
  tv.box(0, height + 0.05, 0, {width, 0.6 * width, 0.05});
  return piece;
}

Piece draw_shelf(Rng& rng) {
  Piece piece{.half_width = rng.uniform(0.35, 0.6), .half_depth = 0.16};
  Builder shelf = build(piece, kFurniture, rng);
  const double width = 2 * piece.half_width;
  const int64_t boards = 3 + rng.below(3);
  for (int64_t i = 0; i < boards; ++i) {
    const double height = 0.38 * static_cast<double>(i);
    shelf.box(0, height, 0, {width, 0.03, 0.32});
    lay_top(piece, piece.half_width * 0.9, height + 0.03, rng);
  }
  const double height = 0.38 * static_cast<double>(boards - 1) + 0.03;
  for (const double side : {-1.0, 1.0}) shelf.box(side * (piece.half_width + 0.015), 0, 0, {0.03, height, 0.32});
  return piece;
}

Piece draw_thing(Rng& rng) {
  Piece piece{.half_width = 0.25, .half_depth = 0.25};
  Builder thing = build(piece, kObjects, rng);
  if (rng.below(2) == 0) {
    thing.box(0, 0, 0, {rng.uniform(0.25, 0.5), rng.uniform(0.2, 0.5), rng.uniform(0.25, 0.5)});
  } else {  // a plant
    thing.cylinder(0, 0, 0, 0.16, rng.uniform(0.25, 0.4));
    build(piece, kObjects, rng).sphere(0, 0.4, 0, 0.24);
  }
  return piece;
}

}  // namespace

Material draw_material(RoomClass of, Rng& rng) {
  const Look& look = kLooks[of];
  const double hue = look.hue + look.hue_range * rng.uniform(-1, 1);
  const double saturation = std::clamp(look.saturation + rng.uniform(-0.3, 0.3), 0.0, 1.0);
  const double value = std::clamp(look.value + rng.uniform(-0.25, 0.25), 0.04, 1.0);
  Material material;
  material.pattern = static_cast<Pattern>(rng.below(4));
  material.colour = from_hue(hue, saturation, value);
  material.other =
      from_hue(hue + rng.uniform(-0.1, 0.1), saturation, std::clamp(value * rng.uniform(0.55, 1.3), 0.0, 1.0));
  material.size = rng.uniform(0.06, 0.4);
  material.seed = rng.next();
  return material;
}

Piece draw_piece(Rng& rng) {
  using Draw = Piece (*)(Rng&);
  static constexpr std::array<Draw, 11> kPieces = {draw_bed,      draw_sofa,  draw_table, draw_table,
                                                   draw_chair,    draw_chair, draw_chair, draw_cupboard,
                                                   draw_tv_chest, draw_shelf, draw_thing};
  return kPieces[static_cast<size_t>(rng.below(std::ssize(kPieces)))](rng);
}

std::vector<Body> stand(const Piece& piece, Vec3 place, double yaw) {
  std::vector<Body> bodies = piece.bodies;
  for (Body& body : bodies) {
    body.turn = turn_by(yaw);
    body.centre = place + turn(body.centre, body.turn);
  }
  return bodies;
}

}  // namespace reconcile
