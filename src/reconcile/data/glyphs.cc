// Drawn data that needs no files: a letter in thin clean strokes near the upper left (task T1) over
// a sign in broad, soft, striped strokes near the lower right (task T2), each bent at random, with
// one stray stroke and noise. The tasks look for different things in the same pixels, so their
// gradients conflict; docs/guide/glyphs.md has the numbers.

#include "reconcile/draw/glyphs.h"

#include <cmath>

#include "reconcile/data/generated.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kGeneratorVersion = 1;  // raise it when the same seed gives other bytes

constexpr Style kLetterStyle = {.pen = {.min_width = 1.2, .max_width = 2.6, .softness = 1.0},
                                .bend = {.rotation = 0.3, .scale = 0.2, .shear = 0.3, .wave = 0.12}};
constexpr Style kSignStyle = {.pen = {.min_width = 2.5, .max_width = 4.5, .softness = 1.8, .texture = 0.5},
                              .bend = {.rotation = 0.25, .scale = 0.2, .shear = 0.3, .wave = 0.12}};
constexpr Style kStrayStyle = {.pen = kLetterStyle.pen,
                               .bend = {.rotation = 3.14, .scale = 0.3, .shear = 0.3, .wave = 0.15}};
constexpr double kRadius = 9.5;         // pixels for half a glyph
constexpr double kLetterMiddle = 13.5;  // at the first of the five offsets
constexpr double kSignMiddle = 17.5;
constexpr int64_t kNumOffsets = 5;
constexpr double kBrightness = 0.8;
constexpr double kNoise = 0.08;  // standard deviation

struct GlyphsOptions {
  int64_t seed = 0;
  int64_t train_samples = 6000;
  int64_t validation_samples = 1000;
  int64_t test_samples = 2000;
};

/// Nearly normal, mean 0, deviation 1: the sum of the four quarters of one draw.
double draw_noise(Rng& rng) {
  const uint64_t bits = rng.next();
  uint64_t sum = 0;
  for (int quarter = 0; quarter < 4; ++quarter) sum += bits >> (16 * quarter) & 0xFFFF;
  return (static_cast<double>(sum) * 0x1.0p-16 - 2) * std::sqrt(3.0);
}

Point draw_middle(double first, Rng& rng) {
  const double x = first + static_cast<double>(rng.below(kNumOffsets));
  return {x, first + static_cast<double>(rng.below(kNumOffsets))};
}

std::array<int64_t, 2> draw_sample(Rng rng, std::span<uint8_t> pixels) {
  static const Shape stray = {{{-.35, 0}, {.35, 0}}};
  std::vector<float> brightness(pixels.size());
  const Canvas canvas = {kGeneratedSide, brightness};
  const int64_t letter = rng.below(std::ssize(letters()));
  const int64_t sign = rng.below(std::ssize(signs()));
  const Point letter_middle = draw_middle(kLetterMiddle, rng);
  const Point sign_middle = draw_middle(kSignMiddle, rng);
  const double stray_x = rng.uniform(4, kGeneratedSide - 4);
  const Point stray_middle = {stray_x, rng.uniform(4, kGeneratedSide - 4)};
  draw_shape(letters()[letter], kLetterStyle, {letter_middle, kRadius}, rng, canvas);
  draw_shape(signs()[sign], kSignStyle, {sign_middle, kRadius}, rng, canvas);
  draw_shape(stray, kStrayStyle, {stray_middle, kRadius}, rng, canvas);
  for (size_t i = 0; i < pixels.size(); ++i) {
    const double value = kBrightness * brightness[i] + kNoise * draw_noise(rng);
    pixels[i] = static_cast<uint8_t>(std::clamp(255 * value + 0.5, 0.0, 255.0));
  }
  return {letter, sign};
}

DataSplits load_glyphs(const GlyphsOptions& options) {
  const std::array counts = {options.train_samples, options.validation_samples, options.test_samples};
  return generate_splits(
      {{"generator", "glyphs"}, {"version", kGeneratorVersion}, {"seed", options.seed}},
      Rng(static_cast<uint64_t>(options.seed)).fork("glyphs"), [&](size_t part, const Rng& stream) -> GeneratedPart {
        const auto draw = [](int64_t, Rng rng, std::span<uint8_t> pixels) { return draw_sample(rng, pixels); };
        const auto images = generate(counts[part], stream, draw);
        return {images, fingerprint(*images)};
      });
}

}  // namespace

DatasetEntry glyphs_entry() {
  using O = GlyphsOptions;
  return dataset_entry<O>({"glyphs", "A drawn letter (T1) over a drawn sign (T2); needs no files", "ours"},
                          {option("seed", &O::seed, at_least(0), "seed of the drawings"),
                           option("train_samples", &O::train_samples, at_least(1), "training images"),
                           option("validation_samples", &O::validation_samples, at_least(1), "validation images"),
                           option("test_samples", &O::test_samples, at_least(1), "test images")},
                          load_glyphs, [](const GlyphsOptions&) { return generated_signature(); });
}

}  // namespace reconcile::dataset_entries
