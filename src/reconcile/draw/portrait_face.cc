// The face itself.

#include "reconcile/draw/portrait.h"

namespace reconcile {

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

}  // namespace reconcile
