// What stands around a face: ground, body, hair, hat, and the camera.

#include "reconcile/draw/portrait.h"

namespace reconcile {

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

}  // namespace reconcile
