#include "reconcile/draw/face_traits.h"

#include <cmath>
#include <initializer_list>

namespace reconcile {
namespace {

/// What is not seen itself. Each near a deviation of one.
struct Latent {
  double male = 0;  ///< -1 or 1
  double age = 0;
  double care = 0;
  double weight = 0;
  double mood = 0;
};

/// An attribute's log odds: a constant and what each part of the latent adds.
struct Odds {
  const char* name;
  double constant, male, age, care, weight, mood;
};

constexpr std::array<Odds, kNumAttributes> kOdds = {{
    {"5_o_Clock_Shadow", -2.6, 2.4, 0.2, -0.8, 0, 0},
    {"Arched_Eyebrows", -1.2, -1.0, -0.2, 0.7, -0.2, 0},
    {"Attractive", 0.2, -0.4, -1.2, 1.0, -0.9, 0.2},
    {"Bags_Under_Eyes", -1.3, 0.5, 1.0, -0.6, 0.5, -0.2},
    {"Bald", -4.4, 1.8, 1.3, 0, 0.3, 0},
    {"Bangs", -1.5, -0.6, -0.6, 0.3, 0, 0},
    {"Big_Lips", -1.0, -0.4, -0.3, 0.3, 0.3, 0},
    {"Big_Nose", -1.2, 0.8, 0.6, 0, 0.7, 0},
    {"Black_Hair", 0, 0.2, -0.5, 0, 0, 0},  // hair: the colour with the most points wins
    {"Blond_Hair", 0, -0.7, -0.1, 0.4, 0, 0},
    {"Blurry", -2.5, 0, 0, 0, 0, 0},
    {"Brown_Hair", 0, -0.1, -0.1, 0, 0, 0},
    {"Bushy_Eyebrows", -1.7, 1.0, -0.2, -0.5, 0, 0},
    {"Chubby", -2.3, 0.3, 0.4, -0.2, 1.8, 0},
    {"Double_Chin", -2.7, 0.2, 0.8, 0, 1.7, 0},
    {"Eyeglasses", -2.0, 0.4, 0.8, -0.4, 0, 0},
    {"Goatee", -2.7, 2.2, 0, -0.2, 0.2, 0},
    {"Gray_Hair", -2.2, 0.2, 2.2, -0.2, 0, 0},
    {"Heavy_Makeup", -1.1, -2.2, -0.4, 1.2, 0, 0.1},
    {"High_Cheekbones", -0.2, -0.5, -0.1, 0.4, -0.2, 1.3},
    {"Male", 0, 0, 0, 0, 0, 0},  // the latent itself
    {"Mouth_Slightly_Open", -0.1, 0, 0, 0, 0, 1.1},
    {"Mustache", -3.0, 2.2, 0.5, -0.2, 0, 0},
    {"Narrow_Eyes", -1.7, 0.1, 0.2, -0.2, 0.2, 0.7},
    {"No_Beard", 0, 0, 0, 0, 0, 0},  // follows from the others
    {"Oval_Face", -0.8, -0.2, -0.2, 0.4, -0.8, 0.2},
    {"Pale_Skin", -2.0, -0.4, -0.1, 0.2, -0.1, 0},
    {"Pointy_Nose", -0.9, -0.5, 0, 0.4, -0.5, 0},
    {"Receding_Hairline", -2.3, 0.6, 1.5, 0, 0.2, 0},
    {"Rosy_Cheeks", -2.1, -1.0, -0.2, 0.7, 0, 0.7},
    {"Sideburns", -2.7, 2.2, 0, 0, 0, 0},
    {"Smiling", 0, -0.2, 0, 0.1, 0, 2.0},
    {"Straight_Hair", -0.9, 0.2, -0.2, 0, 0, 0},
    {"Wavy_Hair", -0.7, -0.8, -0.2, 0.5, 0, 0},
    {"Wearing_Earrings", -1.6, -1.3, 0.1, 0.8, 0, 0.1},
    {"Wearing_Hat", -2.2, 0.4, -0.3, -0.5, 0, 0},
    {"Wearing_Lipstick", -0.6, -2.4, 0, 1.3, 0, 0.2},
    {"Wearing_Necklace", -1.9, -1.2, 0, 0.8, 0, 0},
    {"Wearing_Necktie", -2.6, 1.8, 0.7, 0.5, 0.1, 0},
    {"Young", 1.0, 0, 0, 0, 0, 0},  // decided by the age alone
}};

double log_odds(Attribute of, const Latent& latent) {
  const Odds& odds = kOdds[of];
  return odds.constant + odds.male * latent.male + odds.age * latent.age + odds.care * latent.care +
         odds.weight * latent.weight + odds.mood * latent.mood;
}

void exclude(Traits& traits, std::initializer_list<Attribute> all) {
  for (const Attribute of : all) traits[of] = false;
}

/// Which colour the hair has, if any of the four: none is a fifth, red.
void choose_hair(Traits& traits, const Latent& latent, Rng& rng) {
  const bool gray = traits[kGrayHair];
  exclude(traits, {kBlackHair, kBlondHair, kBrownHair});
  double most = 0.2 + rng.normal();  // red
  Attribute chosen = kNumAttributes;
  for (const Attribute of : {kBlackHair, kBlondHair, kBrownHair}) {
    const double points = 0.7 + log_odds(of, latent) + rng.normal();
    if (points <= most) continue;
    most = points;
    chosen = of;
  }
  if (!gray && chosen != kNumAttributes) traits[chosen] = true;
}

}  // namespace

const std::vector<std::string>& attribute_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Odds& odds : kOdds) all.emplace_back(odds.name);
    return all;
  }();
  return names;
}

Traits draw_traits(Rng rng) {
  Latent latent{.male = rng.uniform() < 0.45 ? 1.0 : -1.0};
  for (double* part : {&latent.age, &latent.care, &latent.weight, &latent.mood}) *part = rng.normal();
  Traits traits{};
  for (size_t i = 0; i < kNumAttributes; ++i) {
    traits[i] = rng.uniform() < 1 / (1 + std::exp(-log_odds(static_cast<Attribute>(i), latent)));
  }
  traits[kMale] = latent.male > 0;
  traits[kYoung] = latent.age < kOdds[kYoung].constant * 0.6;
  choose_hair(traits, latent, rng);
  if (traits[kStraightHair]) traits[kWavyHair] = false;
  if (traits[kBigNose]) traits[kPointyNose] = false;
  if (traits[kDoubleChin] || traits[kChubby]) traits[kOvalFace] = false;
  if (traits[kGoatee]) traits[kFiveOClockShadow] = false;
  if (traits[kWearingHat]) exclude(traits, {kBald, kBangs, kRecedingHairline});
  if (traits[kBald]) {
    exclude(traits,
            {kBangs, kBlackHair, kBlondHair, kBrownHair, kGrayHair, kRecedingHairline, kStraightHair, kWavyHair});
  }
  if (traits[kRecedingHairline]) traits[kBangs] = false;
  traits[kNoBeard] = !traits[kFiveOClockShadow] && !traits[kGoatee] && !traits[kSideburns];
  return traits;
}

}  // namespace reconcile
