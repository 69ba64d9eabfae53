#include "reconcile/draw/faces.h"

#include <algorithm>

#include "reconcile/draw/colours.h"
#include "reconcile/draw/painter.h"

namespace reconcile {
namespace {

/// One face while it is painted. The middle of the face is the origin; it reaches from -0.62 to 0.62 or so.
class Portrait {
 public:
  Portrait(const Traits& traits, int64_t side, const Rng& rng)
      : has_(traits), stream_(rng), rng_(rng), painter_(side, draw_frame(rng_)), seed_(rng_.next()) {
    const Vec3 tan = blend({0.93, 0.76, 0.63}, {0.45, 0.29, 0.2}, rng_.uniform() * rng_.uniform());
    skin_ = has_[kPaleSkin] ? Vec3{0.97, 0.89, 0.84} : tan;
    dark_skin_ = 0.72 * skin_;
    hair_ = draw_hair_colour();
    width_ = 0.43 + (has_[kChubby] ? 0.08 : 0) + (has_[kOvalFace] ? -0.05 : 0) + rng_.uniform(-0.02, 0.02);
    height_ = 0.58 + (has_[kOvalFace] ? 0.05 : 0) + rng_.uniform(-0.02, 0.02);
    jaw_ = (has_[kMale] ? 0.34 : 0.24) + (has_[kChubby] ? 0.09 : 0) + rng_.uniform(-0.04, 0.04);
  }

  /// From back to front. Each part draws from a stream of its own: a trait changes what it is about and nothing else.
  void paint() {
    using Part = void (Portrait::*)();
    static constexpr std::array<Part, 14> kPartsInOrder = {
        &Portrait::paint_ground, &Portrait::paint_back_hair, &Portrait::paint_body, &Portrait::paint_head,
        &Portrait::paint_cheeks, &Portrait::paint_beard,     &Portrait::paint_eyes, &Portrait::paint_brows,
        &Portrait::paint_nose,   &Portrait::paint_mouth,     &Portrait::paint_age,  &Portrait::paint_front_hair,
        &Portrait::paint_hat,    &Portrait::finish};
    for (size_t i = 0; i < kPartsInOrder.size(); ++i) {
      rng_ = stream_.fork(i);
      (this->*kPartsInOrder[i])();
    }
  }
  [[nodiscard]] const std::vector<Vec3>& pixels() { return painter_.pixels(); }

 private:
  static Frame draw_frame(Rng& rng) {
    const double angle = rng.uniform(-0.12, 0.12);
    const double scale = rng.uniform(0.9, 1.08);
    const double x = rng.uniform(-0.08, 0.08);
    return {angle, scale, {x, rng.uniform(-0.06, 0.06)}};
  }
  Vec3 draw_hair_colour() {
    const double shade = rng_.uniform(0.8, 1.2);
    if (has_[kBlackHair]) return shade * Vec3{0.09, 0.08, 0.09};
    if (has_[kBlondHair]) return shade * Vec3{0.82, 0.68, 0.4};
    if (has_[kBrownHair]) return shade * Vec3{0.36, 0.22, 0.13};
    if (has_[kGrayHair]) return shade * Vec3{0.65, 0.65, 0.67};
    return shade * Vec3{0.55, 0.22, 0.1};
  }
  Vec3 draw_cloth() {
    const double hue = rng_.uniform();
    const double saturation = rng_.uniform(0.1, 0.8);
    return from_hue(hue, saturation, rng_.uniform(0.15, 0.9));
  }
  /// The same on both sides: `make(-1)` and `make(1)`.
  template <class F>
  void on_both_sides(F make, Vec3 colour, double opacity = 1, double soft = 0) {
    for (const double side : {-1.0, 1.0}) painter_.paint(make(side), colour, opacity, soft);
  }

  void paint_ground();
  void paint_back_hair();
  void paint_body();
  void paint_head();
  void paint_cheeks();
  void paint_beard();
  void paint_eyes();
  void paint_glasses();
  void paint_brows();
  void paint_nose();
  void paint_mouth();
  void paint_age();
  void paint_front_hair();
  void paint_hat();
  void finish();
  [[nodiscard]] Region head() const;
  [[nodiscard]] std::function<Vec3(Point)> hair_texture() const;

  Traits has_;
  Rng stream_;
  Rng rng_;  // of the part that is being painted
  Painter painter_;
  uint64_t seed_;
  Vec3 skin_, dark_skin_, hair_;
  double width_ = 0, height_ = 0, jaw_ = 0;
};

void Portrait::paint_ground() {
  const Vec3 top = draw_cloth();
  const Vec3 bottom = draw_cloth();
  painter_.paint(half_plane(0, 1, -9), [&](Point p) {
    return blend(
        top, bottom,
        std::clamp(0.5 + 0.3 * p.y + 0.5 * (smooth_noise({2 * p.x + 9, 2 * p.y + 9, 0}, seed_) - 0.5), 0.0, 1.0));
  });
}

/// Straight hair has fine long lines, wavy hair broad curls, other hair no lines at all.
std::function<Vec3(Point)> Portrait::hair_texture() const {
  const double depth = has_[kStraightHair] ? 0.3 : has_[kWavyHair] ? 0.45 : 0.08;
  const bool wavy = has_[kWavyHair];
  return [=, this](Point p) {
    const double x = wavy ? 3 * p.x + 0.8 * std::sin(12 * p.y) : 14 * p.x;
    const double y = wavy ? 5 * p.y : 1.2 * p.y;
    return (1 - depth + 2 * depth * smooth_noise({x + 50, y + 50, 3}, seed_)) * hair_;
  };
}

/// Long for most women, down to the ears for men.
void Portrait::paint_back_hair() {
  if (has_[kBald]) return;
  const double length = has_[kMale] ? rng_.uniform(-0.15, 0.1) : rng_.uniform(0.3, 1.1);
  const double fuller = has_[kWavyHair] ? 0.14 : 0.08;
  Region cap = ellipse({0, -0.12}, {width_ + fuller, height_ + 0.06});
  painter_.paint(both(cap, half_plane(0, -1, -std::max(length, 0.1))), hair_texture());
  if (has_[kMale]) return;
  const double wave = has_[kWavyHair] ? 0.06 : 0.0;
  painter_.paint(
      [=, this](Point p) {
        const double edge = width_ + fuller + wave * std::sin(14 * p.y);
        return std::min({edge - std::abs(p.x), p.y + 0.2, length - p.y});
      },
      hair_texture());
}

void Portrait::paint_body() {
  const double neck = has_[kMale] ? 0.26 : 0.19;
  painter_.paint(both(half_plane(0, 1, 0.2), stroke({{0, 0.2}, {0, 1.5}}, 2 * neck)), dark_skin_);
  const Vec3 cloth = draw_cloth();
  painter_.paint(ellipse({0, 1.45}, {1.15, 0.68}), cloth);
  if (has_[kWearingNecktie]) {
    painter_.paint(ellipse({0, 0.9}, {0.22, 0.2}), {0.95, 0.95, 0.95});
    painter_.paint(stroke({{0, 0.84}, {0, 1.4}}, 0.14), from_hue(rng_.uniform(), 0.8, 0.5));
  } else {
    painter_.paint(ellipse({0, 0.78}, {neck + 0.04, 0.12}), dark_skin_);
  }
  if (!has_[kWearingNecklace]) return;
  const Vec3 metal = rng_.below(2) == 0 ? Vec3{0.95, 0.85, 0.3} : Vec3{0.92, 0.92, 0.95};
  painter_.paint(without(ellipse({0, 0.66}, {neck + 0.05, 0.24}), ellipse({0, 0.62}, {neck + 0.03, 0.22})), metal);
  painter_.paint(ellipse({0, 0.9}, {0.04, 0.05}), metal);
}

/// The skull above and a jaw below that is broad or narrow.
Region Portrait::head() const {
  Region skull = ellipse({0, -0.1}, {width_, height_ - 0.08});
  Region jaw = ellipse({0, 0.12}, {width_ * 0.86 + 0.25 * (jaw_ - 0.28), height_ - 0.06});
  return [=](Point p) { return std::max(skull(p), jaw(p)); };
}

void Portrait::paint_head() {
  on_both_sides([&](double side) { return ellipse({side * (width_ + 0.01), 0}, {0.07, 0.12}); }, dark_skin_);
  if (has_[kWearingEarrings]) {
    const Vec3 metal = from_hue(0.13, rng_.uniform(0, 0.7), 0.95);
    on_both_sides([&](double side) { return ellipse({side * (width_ + 0.03), 0.17}, {0.035, 0.055}); }, metal);
  }
  if (has_[kDoubleChin]) painter_.paint(ellipse({0, 0.5}, {width_ * 0.75, 0.24}), 0.9 * skin_);
  painter_.paint(head(), skin_);
  if (has_[kDoubleChin]) {
    painter_.paint(
        both(without(ellipse({0, 0.4}, {0.26, 0.22}), ellipse({0, 0.37}, {0.26, 0.22})), half_plane(0, 1, 0.45)),
        dark_skin_, 0.8);
  }
}

void Portrait::paint_cheeks() {
  if (has_[kRosyCheeks]) {
    on_both_sides([&](double side) { return ellipse({side * 0.25, 0.14}, {0.12, 0.1}); }, {0.95, 0.4, 0.42}, 0.5, 0.1);
  }
  if (has_[kHighCheekbones]) {
    on_both_sides(
        [&](double side) {
          return stroke({{side * 0.17, 0.17}, {side * 0.37, 0.04}}, 0.04);
        },
        blend(skin_, {1, 1, 1}, 0.6), 0.7, 0.04);
    on_both_sides(
        [&](double side) {
          return stroke({{side * 0.19, 0.25}, {side * 0.36, 0.13}}, 0.04);
        },
        dark_skin_, 0.6, 0.04);
  }
}

void Portrait::paint_beard() {
  const Vec3 beard = blend(hair_, {0.15, 0.12, 0.1}, has_[kGrayHair] ? 0.1 : 0.4);
  if (has_[kFiveOClockShadow]) {
    const Region lower = both(head(), half_plane(0, 1, 0.16));
    painter_.paint(
        lower,
        [&](Point p) {
          return smooth_noise({40 * p.x + 90, 40 * p.y + 90, 1}, seed_) * 0.6 * skin_;
        },
        0.45, 0.08);
  }
  if (has_[kGoatee]) painter_.paint(ellipse({0, 0.47}, {0.13, 0.13}), beard, 0.95, 0.03);
  if (has_[kSideburns]) {
    on_both_sides(
        [&](double side) {
          return stroke({{side * (width_ - 0.04), -0.15}, {side * (width_ - 0.07), 0.22}}, 0.1);
        },
        beard, 0.95);
  }
  if (has_[kMustache]) painter_.paint(stroke({{-0.15, 0.235}, {0, 0.2}, {0.15, 0.235}}, 0.065), beard);
}

void Portrait::paint_eyes() {
  const double open = (has_[kNarrowEyes] ? 0.028 : 0.058) + rng_.uniform(-0.006, 0.006);
  if (has_[kBagsUnderEyes]) {
    on_both_sides(
        [](double side) {
          return without(ellipse({side * 0.18, -0.01}, {0.1, 0.09}), ellipse({side * 0.18, -0.035}, {0.11, 0.08}));
        },
        0.6 * skin_, 0.8);
  }
  if (has_[kHeavyMakeup]) {
    const Vec3 shadow = from_hue(rng_.uniform(0.6, 1.0), 0.5, 0.45);
    on_both_sides([](double side) { return ellipse({side * 0.185, -0.12}, {0.12, 0.065}); }, shadow, 0.75, 0.03);
  }
  on_both_sides([&](double side) { return ellipse({side * 0.18, -0.08}, {0.095, open + 0.012}); }, {0.1, 0.07, 0.07});
  on_both_sides([&](double side) { return ellipse({side * 0.18, -0.08}, {0.085, open}); }, {0.96, 0.96, 0.96});
  const Vec3 iris = from_hue(rng_.uniform(0.05, 0.65), 0.6, 0.4);
  const double gaze = rng_.uniform(-0.02, 0.02);
  on_both_sides(
      [&](double side) {
        return both(ellipse({side * 0.18, -0.08}, {0.085, open}), ellipse({side * 0.18 + gaze, -0.08}, {0.042, 0.042}));
      },
      iris);
  if (has_[kEyeglasses]) paint_glasses();
}

void Portrait::paint_glasses() {
  const Vec3 frame = from_hue(rng_.uniform(), rng_.uniform(0, 0.6), rng_.uniform(0.05, 0.35));
  const double thin = rng_.uniform(0.02, 0.035);
  on_both_sides(
      [&](double side) {
        return without(ellipse({side * 0.19, -0.07}, {0.15, 0.12}),
                       ellipse({side * 0.19, -0.07}, {0.15 - thin, 0.12 - thin}));
      },
      frame);
  painter_.paint(stroke({{-0.05, -0.09}, {0.05, -0.09}}, thin), frame);
  on_both_sides([&](double side) { return stroke({{side * 0.33, -0.09}, {side * width_, -0.1}}, thin); }, frame);
}

void Portrait::paint_brows() {
  const double thick = has_[kBushyEyebrows] ? 0.075 : 0.034;
  const double peak = has_[kArchedEyebrows] ? 0.075 : 0.012;
  const double base = -0.2 + rng_.uniform(-0.01, 0.01);
  on_both_sides(
      [&](double side) {
        return stroke({{side * 0.08, base}, {side * 0.2, base - peak}, {side * 0.3, base + 0.02}}, thick);
      },
      has_[kBald] ? Vec3{0.2, 0.15, 0.1} : 0.75 * hair_);
}

void Portrait::paint_nose() {
  const double half = has_[kBigNose] ? 0.12 : has_[kPointyNose] ? 0.04 : 0.07;
  const double tip = has_[kBigNose] ? 0.15 : 0.12;
  painter_.paint(stroke({{0.02, -0.08}, {0.03, tip}}, 0.03), dark_skin_, 0.6, 0.03);
  if (has_[kPointyNose]) {
    painter_.paint(stroke({{-half, tip - 0.03}, {0, tip + 0.03}, {half, tip - 0.03}}, 0.03), 0.6 * skin_);
  } else {
    painter_.paint(ellipse({0, tip}, {half, 0.4 * half + 0.02}), dark_skin_, 0.8, 0.02);
    on_both_sides([&](double side) { return ellipse({side * half * 0.5, tip + 0.02}, {0.02, 0.014}); }, 0.35 * skin_);
  }
}

void Portrait::paint_mouth() {
  const double curve = has_[kSmiling] ? 0.075 : rng_.uniform(-0.02, 0.015);
  const double half = (has_[kSmiling] ? 0.19 : 0.15) + rng_.uniform(-0.01, 0.01);
  const double lip = has_[kBigLips] ? 0.095 : 0.04;
  const Vec3 red =
      has_[kWearingLipstick] ? from_hue(rng_.uniform(-0.06, 0.02), 0.8, 0.75) : blend(skin_, {0.6, 0.25, 0.27}, 0.65);
  const auto line = [&](double width, double drop) {
    return stroke({{-half, 0.31 - curve * 0.6},
                   {-half / 2, 0.31 + curve * 0.25 + drop},
                   {0, 0.31 + curve * 0.5 + drop},
                   {half / 2, 0.31 + curve * 0.25 + drop},
                   {half, 0.31 - curve * 0.6}},
                  width);
  };
  const double gap = has_[kMouthSlightlyOpen] ? 0.06 : 0;
  painter_.paint(line(lip + gap, gap / 3), red);
  if (has_[kMouthSlightlyOpen]) {
    painter_.paint(line(gap, gap / 3), {0.25, 0.06, 0.07});
    painter_.paint(line(gap * 0.45, 0.005), {0.97, 0.96, 0.93});
  } else {
    painter_.paint(line(0.014, 0), 0.45 * red);
  }
}

/// Wrinkles of who is not young.
void Portrait::paint_age() {
  if (has_[kYoung]) return;
  for (const double y : {-0.37, -0.3}) {
    painter_.paint(stroke({{-0.2, y + 0.01}, {0, y}, {0.2, y + 0.01}}, 0.016), 0.75 * skin_, 0.8);
  }
  on_both_sides(
      [](double side) {
        return stroke({{side * 0.12, 0.13}, {side * 0.2, 0.25}, {side * 0.21, 0.32}}, 0.018);
      },
      0.7 * skin_, 0.85);
}

void Portrait::paint_front_hair() {
  if (has_[kBald]) {
    painter_.paint(ellipse({-0.1, -0.5}, {0.14, 0.06}), {1, 1, 1}, 0.4, 0.06);  // it shines
    return;
  }
  const double line = has_[kBangs] ? -0.22 : has_[kRecedingHairline] ? -0.54 : -0.4 + rng_.uniform(-0.02, 0.02);
  const double fuller = has_[kWavyHair] ? 0.12 : 0.05;
  const Region cap = ellipse({0, -0.1}, {width_ + fuller, height_ + 0.05});
  const double part = rng_.uniform(-0.2, 0.2);
  const double slope = has_[kBangs] ? 0.05 : 0.5;
  painter_.paint([=](Point p) { return std::min(cap(p), line + slope * std::abs(p.x - part) - p.y); }, hair_texture());
}

void Portrait::paint_hat() {
  if (!has_[kWearingHat]) return;
  const Vec3 felt = draw_cloth();
  const double brim = rng_.uniform(0.5, 0.75);
  painter_.paint(both(ellipse({0, -0.42}, {width_ + 0.06, 0.48}), half_plane(0, -1, 0.38)), felt);
  painter_.paint(stroke({{-brim, -0.38}, {brim, -0.38}}, 0.09), 0.8 * felt);
}

/// Light from one side, a soft lens if blurry, and the noise of the camera.
void Portrait::finish() {
  const double slant = rng_.uniform(-0.2, 0.2);
  const double light = rng_.uniform(0.85, 1.1);
  const auto side = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(painter_.pixels().size()))));
  if (has_[kBlurry]) {
    const int64_t radius = std::max<int64_t>(1, side / 32);
    for (int pass = 0; pass < 2; ++pass) painter_.blur(radius);
  }
  for (size_t i = 0; i < painter_.pixels().size(); ++i) {
    const double x = static_cast<double>(static_cast<int64_t>(i) % side) / static_cast<double>(side) - 0.5;
    const double noise = 0.03 * rough_normal(rng_);
    painter_.pixels()[i] = (light * (1 + slant * x)) * painter_.pixels()[i] + Vec3{noise, noise, noise};
  }
}

}  // namespace

void draw_face(const Traits& traits, int64_t side, Rng rng, std::span<uint8_t> pixels) {
  Portrait portrait(traits, side, rng);
  portrait.paint();
  const std::vector<Vec3>& colours = portrait.pixels();
  for (size_t i = 0; i < colours.size(); ++i) {
    pixels[i] = to_byte(colours[i].x);
    pixels[colours.size() + i] = to_byte(colours[i].y);
    pixels[2 * colours.size() + i] = to_byte(colours[i].z);
  }
}

}  // namespace reconcile
