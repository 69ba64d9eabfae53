#include "reconcile/draw/fields.h"

#include <cmath>
#include <functional>
#include <numbers>

namespace reconcile {
namespace {

constexpr int kBlobs = 4;
constexpr int kWaves = 2;
constexpr double kColour = 0.5;  // largest amplitude of a channel
constexpr double kBlob = 1.3;
constexpr double kWave = 0.5;
constexpr float kToNearest = 0.5F;  // added before a positive number is cut to an integer

/// One part of a field: colour[c] * column[y] * row[x].
struct Part {
  std::vector<float> colour, column, row;
};

std::vector<float> sample(int64_t count, const std::function<double(double)>& f) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(f((static_cast<double>(i) + 0.5) / static_cast<double>(count))));
  }
  return values;
}

std::vector<float> draw_colour(int64_t channels, double size, Rng& rng) {
  return sample(channels, [&](double) { return rng.uniform(-size, size); });
}

Part draw_blob(const std::vector<int64_t>& shape, Rng& rng) {
  const double radius = rng.uniform(0.1, 0.3);
  const auto bump = [radius](double middle) {
    return [=](double at) { return std::exp(-0.5 * (at - middle) * (at - middle) / (radius * radius)); };
  };
  std::vector<float> colour = draw_colour(shape[0], kBlob, rng);
  const double y = rng.uniform();
  return {std::move(colour), sample(shape[1], bump(y)), sample(shape[2], bump(rng.uniform()))};
}

/// cos(a x + b y + c) = cos(a x) cos(b y + c) - sin(a x) sin(b y + c): two parts.
void add_wave(const std::vector<int64_t>& shape, Rng& rng, std::vector<Part>& parts) {
  const double direction = rng.uniform(0, 2 * std::numbers::pi);
  const double frequency = 2 * std::numbers::pi * rng.uniform(0.5, 2.5);
  const double phase = rng.uniform(0, 2 * std::numbers::pi);
  const std::vector<float> colour = draw_colour(shape[0], kWave, rng);
  const auto along_y = [=](double y) { return frequency * std::sin(direction) * y + phase; };
  const auto along_x = [=](double x) { return frequency * std::cos(direction) * x; };
  parts.push_back({colour, sample(shape[1], [&](double y) { return std::cos(along_y(y)); }),
                   sample(shape[2], [&](double x) { return std::cos(along_x(x)); })});
  parts.push_back({colour, sample(shape[1], [&](double y) { return -std::sin(along_y(y)); }),
                   sample(shape[2], [&](double x) { return std::sin(along_x(x)); })});
}

std::vector<Part> draw_parts(const std::vector<int64_t>& shape, Rng rng) {
  const auto one = [](double) { return 1.0; };
  std::vector<Part> parts{{draw_colour(shape[0], kColour, rng), sample(shape[1], one), sample(shape[2], one)}};
  for (int i = 0; i < kBlobs; ++i) parts.push_back(draw_blob(shape, rng));
  for (int i = 0; i < kWaves; ++i) add_wave(shape, rng, parts);
  return parts;
}

}  // namespace

void draw_field(const std::vector<int64_t>& shape, Rng rng, std::span<uint8_t> pixels) {
  const std::vector<Part> parts = draw_parts(shape, rng);
  std::vector<float> line(static_cast<size_t>(shape[2]));
  auto pixel = pixels.begin();
  for (int64_t c = 0; c < shape[0]; ++c) {
    for (int64_t y = 0; y < shape[1]; ++y) {
      std::fill(line.begin(), line.end(), 0.0F);
      for (const auto& part : parts) {
        const float factor = part.colour[c] * part.column[y];
        for (size_t x = 0; x < line.size(); ++x) line[x] += factor * part.row[x];
      }
      for (const float value : line) {
        *pixel++ = static_cast<uint8_t>(127.5F * (1.0F + value / std::sqrt(1.0F + value * value)) + kToNearest);
      }
    }
  }
}

}  // namespace reconcile
