#pragma once

#include <algorithm>

#include "reconcile/draw/colours.h"
#include "reconcile/draw/face_traits.h"
#include "reconcile/draw/painter.h"

namespace reconcile {

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

}  // namespace reconcile
