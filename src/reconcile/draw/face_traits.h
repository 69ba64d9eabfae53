#pragma once

#include <array>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile {

/// CelebA's forty attributes in its order.
enum Attribute : size_t {
  kFiveOClockShadow,
  kArchedEyebrows,
  kAttractive,
  kBagsUnderEyes,
  kBald,
  kBangs,
  kBigLips,
  kBigNose,
  kBlackHair,
  kBlondHair,
  kBlurry,
  kBrownHair,
  kBushyEyebrows,
  kChubby,
  kDoubleChin,
  kEyeglasses,
  kGoatee,
  kGrayHair,
  kHeavyMakeup,
  kHighCheekbones,
  kMale,
  kMouthSlightlyOpen,
  kMustache,
  kNarrowEyes,
  kNoBeard,
  kOvalFace,
  kPaleSkin,
  kPointyNose,
  kRecedingHairline,
  kRosyCheeks,
  kSideburns,
  kSmiling,
  kStraightHair,
  kWavyHair,
  kWearingEarrings,
  kWearingHat,
  kWearingLipstick,
  kWearingNecklace,
  kWearingNecktie,
  kYoung,
  kNumAttributes
};

/// "5_o_Clock_Shadow" ... "Young".
const std::vector<std::string>& attribute_names();

/// Which attributes a face has.
using Traits = std::array<bool, kNumAttributes>;

/// Forty correlated answers. Sex, age, care for looks, weight and mood are drawn; each makes some attributes more
/// likely and others less. What excludes each other (bald and blond, a beard and none) never meets.
Traits draw_traits(Rng rng);

}  // namespace reconcile
