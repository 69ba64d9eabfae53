#include "reconcile/draw/faces.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reconcile {
namespace {

constexpr size_t kFaces = 4000;

std::vector<Traits> draw_many() {
  std::vector<Traits> faces;
  for (size_t i = 0; i < kFaces; ++i) faces.push_back(draw_traits(Rng(1).fork(i)));
  return faces;
}

double share(const std::vector<Traits>& faces, Attribute a) {
  double sum = 0;
  for (const Traits& face : faces) sum += face[a] ? 1 : 0;
  return sum / static_cast<double>(faces.size());
}

double correlation(const std::vector<Traits>& faces, Attribute a, Attribute b) {
  double both = 0;
  for (const Traits& face : faces) both += face[a] && face[b] ? 1 : 0;
  const double p = share(faces, a), q = share(faces, b);
  return (both / static_cast<double>(faces.size()) - p * q) / std::sqrt(p * (1 - p) * q * (1 - q));
}

TEST(FaceTraits, AreCelebAsFortyInOrder) {
  ASSERT_EQ(attribute_names().size(), 40U);
  EXPECT_EQ(attribute_names()[kFiveOClockShadow], "5_o_Clock_Shadow");
  EXPECT_EQ(attribute_names()[kEyeglasses], "Eyeglasses");
  EXPECT_EQ(attribute_names()[kNoBeard], "No_Beard");
  EXPECT_EQ(attribute_names()[kWearingNecktie], "Wearing_Necktie");
  EXPECT_EQ(attribute_names()[kYoung], "Young");
  EXPECT_EQ(attribute_names()[20], "Male");
}

TEST(FaceTraits, NoneIsTheRuleAndNoneTooRareToLearn) {
  const auto faces = draw_many();
  for (size_t a = 0; a < kNumAttributes; ++a) {
    EXPECT_GT(share(faces, static_cast<Attribute>(a)), 0.03) << attribute_names()[a];
    EXPECT_LT(share(faces, static_cast<Attribute>(a)), 0.8) << attribute_names()[a];
  }
}

TEST(FaceTraits, GoTogetherAndAgainstEachOther) {
  const auto faces = draw_many();
  EXPECT_GT(correlation(faces, kMale, kMustache), 0.2);
  EXPECT_LT(correlation(faces, kMale, kWearingLipstick), -0.5);
  EXPECT_GT(correlation(faces, kHeavyMakeup, kWearingLipstick), 0.4);
  EXPECT_GT(correlation(faces, kSmiling, kHighCheekbones), 0.2);
  EXPECT_GT(correlation(faces, kChubby, kDoubleChin), 0.2);
  EXPECT_LT(correlation(faces, kYoung, kGrayHair), -0.3);
  EXPECT_NEAR(correlation(faces, kBlurry, kEyeglasses), 0, 0.05);
}

TEST(FaceTraits, WhatExcludesEachOtherNeverMeets) {
  for (const Traits& face : draw_many()) {
    EXPECT_LE(face[kBlackHair] + face[kBlondHair] + face[kBrownHair] + face[kGrayHair] + face[kBald], 1);
    EXPECT_LE(face[kBangs] + face[kRecedingHairline] + face[kBald] + face[kWearingHat], 1);
    EXPECT_LE(face[kStraightHair] + face[kWavyHair] + face[kBald], 1);
    EXPECT_LE(face[kBigNose] + face[kPointyNose], 1);
    EXPECT_EQ(face[kNoBeard], !(face[kFiveOClockShadow] || face[kGoatee] || face[kSideburns]));
  }
}

std::vector<uint8_t> portrait(const Traits& traits) {
  constexpr int64_t kSide = 64;
  std::vector<uint8_t> pixels(3 * kSide * kSide);
  draw_face(traits, kSide, Rng(9), pixels);
  return pixels;
}

TEST(Faces, EveryTraitShowsWhereItShouldAndNowhereElse) {
  Traits plain{};
  plain[kNoBeard] = true;
  const auto without = portrait(plain);
  for (size_t a = 0; a < kNumAttributes; ++a) {
    Traits traits = plain;
    traits[a] = !traits[a];
    const auto with = portrait(traits);
    double changed = 0;
    for (size_t i = 0; i < with.size(); ++i) changed += std::abs(with[i] - without[i]) > 12 ? 1 : 0;
    changed /= static_cast<double>(with.size());
    const bool tells_nothing = a == kAttractive || a == kNoBeard;  // follow from the others
    if (tells_nothing) {
      EXPECT_EQ(changed, 0) << attribute_names()[a];
    } else {
      EXPECT_GT(changed, 0.001) << attribute_names()[a];
    }
    const bool changes_all = a == kBlurry || a == kPaleSkin || a == kMale;
    if (!changes_all) EXPECT_LT(changed, 0.35) << attribute_names()[a];
  }
}

TEST(Faces, TwoFacesWithTheSameTraitsDiffer) {
  std::vector<uint8_t> one(3 * 32 * 32), two(one.size());
  draw_face({}, 32, Rng(1), one);
  draw_face({}, 32, Rng(2), two);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace reconcile
