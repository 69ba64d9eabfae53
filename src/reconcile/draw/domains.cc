#include "reconcile/draw/domains.h"

#include <algorithm>
#include <array>

#include "reconcile/draw/colours.h"
#include "reconcile/draw/glyphs.h"

namespace reconcile {
namespace {

constexpr Bend kObjectBend = {.rotation = 0.35, .scale = 0.2, .shear = 0.25, .wave = 0.1};

/// Pixels of one picture while it is painted.
struct Easel {
  int64_t side = 0;
  std::vector<Vec3> colours;

  explicit Easel(int64_t of_side) : side(of_side), colours(static_cast<size_t>(of_side * of_side)) {}
  /// Every pixel at (x, y) in pictures, 0 to 1, becomes `colour(pixel, x, y)`.
  template <class F>
  void each(F colour) {
    for (size_t i = 0; i < colours.size(); ++i) {
      const auto pixel = static_cast<int64_t>(i);
      const int64_t row = pixel / side, column = pixel % side;
      colours[i] = colour(i, (static_cast<double>(column) + 0.5) / static_cast<double>(side),
                          (static_cast<double>(row) + 0.5) / static_cast<double>(side));
    }
  }
  /// Pixels per picture of 32 pixels: lengths below are given for that size.
  [[nodiscard]] double unit() const { return static_cast<double>(side) / 32; }
};

const Shape& shape_of(int64_t index) {
  const auto of = static_cast<size_t>(index);
  return of < letters().size() ? letters()[of] : signs()[of - letters().size()];
}

/// How deep inside a stroke of `width` a pixel lies, in pixels; negative outside.
std::vector<double> draw_depths(int64_t shape, double width, const Easel& easel, Rng& rng) {
  const double unit = easel.unit();
  const double radius = unit * rng.uniform(9.5, 12);
  const double x = unit * rng.uniform(14, 18);
  const Placement placement = {{x, unit * rng.uniform(14, 18)}, radius};
  auto depths = stroke_distances(shape_of(shape), kObjectBend, placement, unit * (width / 2 + 4), easel.side, rng);
  for (double& depth : depths) depth = unit * width / 2 - depth;
  return depths;
}

/// 0 outside to 1 inside, fading over `soft` pixels.
double cover(double depth, double soft = 1) { return std::clamp(depth / soft + 0.5, 0.0, 1.0); }

Vec3 draw_hue(double saturation, double low, double high, Rng& rng) {
  const double hue = rng.uniform();
  return from_hue(hue, saturation, rng.uniform(low, high));
}

/// Two shares of brightness well apart, either of them the brighter one.
std::pair<double, double> draw_contrast(Rng& rng) {
  const double dark = rng.uniform(0.15, 0.4);
  const double bright = rng.uniform(0.65, 0.95);
  return rng.below(2) == 0 ? std::pair(dark, bright) : std::pair(bright, dark);
}

/// The depth at a pixel moved by whole pixels, or far outside.
double moved(const std::vector<double>& depths, int64_t pixel, int64_t dx, int64_t dy, int64_t side) {
  const int64_t x = pixel % side - dx;
  const int64_t y = pixel / side - dy;
  return x < 0 || y < 0 || x >= side || y >= side ? -1e3 : depths[static_cast<size_t>(y * side + x)];
}

/// Brush strokes: noise drawn long in one direction.
struct Brush {
  double cos, sin;
  uint64_t seed;
  explicit Brush(Rng& rng) {
    const double angle = rng.uniform(0, 6.3);
    cos = std::cos(angle);
    sin = std::sin(angle);
    seed = rng.next();
  }
  [[nodiscard]] double at(double x, double y) const {
    return smooth_noise({4 * (cos * x + sin * y), 18 * (cos * y - sin * x), 0}, seed);
  }
};

/// Painted: strokes of two brushes, frayed edges, colours that run into each other.
void paint_art(int64_t shape, Easel& easel, Rng& rng) {
  const auto depths = draw_depths(shape, rng.uniform(3.5, 5.5), easel, rng);
  const Brush ground(rng);
  const Brush figure(rng);
  const auto [far, near] = draw_contrast(rng);
  const Vec3 wall = draw_hue(0.45, far - 0.1, far + 0.1, rng);
  const Vec3 wall_too = draw_hue(0.5, far - 0.15, far + 0.15, rng);
  const Vec3 paint = draw_hue(0.75, near - 0.1, near + 0.1, rng);
  const Vec3 paint_too = draw_hue(0.6, near - 0.15, near + 0.15, rng);
  easel.each([&](size_t i, double x, double y) {
    const Vec3 behind = blend(wall, wall_too, ground.at(x, y));
    const double grain = figure.at(x, y);
    return blend(behind, blend(paint, paint_too, 0.7 * grain), 0.9 * cover(depths[i] + 3 * (grain - 0.5), 2));
  });
}

/// Flat colours with a dark outline.
void paint_clipart(int64_t shape, Easel& easel, Rng& rng) {
  const auto depths = draw_depths(shape, rng.uniform(4, 6), easel, rng);
  const bool white = rng.below(2) == 0;
  const Vec3 ground = white ? Vec3{1, 1, 1} : draw_hue(rng.uniform(0.3, 0.9), 0.7, 1, rng);
  const Vec3 fill = draw_hue(0.9, 0.7, 1, rng);
  const Vec3 line = {0.05, 0.05, 0.08};
  const double outline = easel.unit() * rng.uniform(0.8, 1.4);
  easel.each([&](size_t i, double, double) {
    return blend(blend(ground, line, cover(depths[i])), fill, cover(depths[i] - outline));
  });
}

/// One clean thing on white, softly lit from above, with its shadow.
void paint_product(int64_t shape, Easel& easel, Rng& rng) {
  const auto depths = draw_depths(shape, rng.uniform(2.5, 4), easel, rng);
  const Vec3 fill = draw_hue(rng.uniform(0.0, 0.5), 0.25, 0.85, rng);
  const auto shift = static_cast<int64_t>(easel.unit() * rng.uniform(1, 3));
  const double dark = rng.uniform(0.15, 0.35);
  easel.each([&](size_t i, double, double y) {
    const double under = moved(depths, static_cast<int64_t>(i), shift, shift, easel.side);
    const double shadow = dark * cover(under, 4 * easel.unit());
    return blend((1 - shadow) * Vec3{0.99, 0.99, 0.99}, (1.15 - 0.35 * y) * fill, cover(depths[i]));
  });
}

/// A thing with a round surface in the light of one side, before clutter.
void paint_real(int64_t shape, Easel& easel, Rng& rng) {
  const auto depths = draw_depths(shape, rng.uniform(3.5, 5.5), easel, rng);
  const auto clutter = draw_depths(rng.below(std::ssize(domain_classes())), 2.5, easel, rng);
  const auto [far, near] = draw_contrast(rng);
  const Vec3 thing = draw_hue(0.5, near - 0.1, near + 0.1, rng);
  const Vec3 ground = draw_hue(0.3, far - 0.1, far + 0.1, rng);
  const Vec3 ground_too = draw_hue(0.4, far - 0.15, far + 0.2, rng);
  const Vec3 mess = draw_hue(0.4, 0.2, 0.8, rng);
  const uint64_t seed = rng.next();
  const double angle = rng.uniform(0, 6.3);
  const double strength = rng.uniform(0.1, 0.2) / easel.unit();
  const auto mess_x = static_cast<int64_t>(easel.unit() * rng.uniform(-14, 14));
  const auto mess_y = static_cast<int64_t>(easel.unit() * rng.uniform(-14, 14));
  const double lamp = rng.uniform(0.7, 1.1);
  easel.each([&](size_t i, double x, double y) {
    const auto pixel = static_cast<int64_t>(i);
    const double noise = 0.6 * smooth_noise({5 * x, 5 * y, 0}, seed) + 0.4 * smooth_noise({14 * x, 14 * y, 9}, seed);
    const Vec3 behind =
        blend(blend(ground, ground_too, noise), mess, 0.7 * cover(moved(clutter, pixel, mess_x, mess_y, easel.side)));
    const double slope =
        std::cos(angle) * (moved(depths, pixel, -1, 0, easel.side) - moved(depths, pixel, 1, 0, easel.side)) +
        std::sin(angle) * (moved(depths, pixel, 0, -1, easel.side) - moved(depths, pixel, 0, 1, easel.side));
    const double light = std::clamp(0.75 + strength * slope, 0.2, 1.3) * (0.8 + 0.4 * noise);
    return (lamp * (0.8 + 0.4 * y)) * blend(behind, light * thing, cover(depths[i], 1.5));
  });
  for (Vec3& colour : easel.colours) {
    colour = colour + 0.05 * Vec3{rough_normal(rng), rough_normal(rng), rough_normal(rng)};
  }
}

}  // namespace

const std::vector<std::string>& rendering_names() {
  static const std::vector<std::string> names = {"Art", "Clipart", "Product", "Real_World"};
  return names;
}

const std::vector<std::string>& domain_classes() {
  static const std::vector<std::string> names = {"letter_O", "letter_C",     "letter_G", "letter_S", "letter_Z",
                                                 "letter_T", "letter_Y",     "letter_X", "letter_F", "letter_E",
                                                 "triangle", "tip_triangle", "square",   "ring",     "diamond",
                                                 "bow_tie",  "hourglass",    "two_bars", "arch",     "plus"};
  return names;
}

void draw_domain_picture(Rendering rendering, int64_t shape, int64_t side, Rng rng, std::span<uint8_t> pixels) {
  static constexpr std::array<void (*)(int64_t, Easel&, Rng&), 4> kPaint = {paint_art, paint_clipart, paint_product,
                                                                            paint_real};
  Easel easel(side);
  kPaint[static_cast<size_t>(rendering)](shape, easel, rng);
  const size_t count = easel.colours.size();
  for (size_t i = 0; i < count; ++i) {
    pixels[i] = to_byte(easel.colours[i].x);
    pixels[count + i] = to_byte(easel.colours[i].y);
    pixels[2 * count + i] = to_byte(easel.colours[i].z);
  }
}

}  // namespace reconcile
