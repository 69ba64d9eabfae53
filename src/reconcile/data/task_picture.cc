#include "reconcile/data/task_picture.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr int64_t kBarSide = 96;   // pixels of a picture of bars
constexpr int64_t kStripe = 4;     // pixels between the stripes of what is unknown
constexpr size_t kMaxNumbers = 6;  // in words

using Colour = std::array<uint8_t, 3>;
constexpr Colour kPlainColour{86, 180, 233};

/// The first classes in colours that are far apart; from then on hues in steps of the golden ratio.
Colour class_colour(int64_t index) {
  static const std::vector<Colour> first{
      {128, 64, 128},  {70, 130, 180}, {107, 142, 35}, {220, 20, 60}, {250, 170, 30}, {0, 0, 142},  {152, 251, 152},
      {190, 153, 153}, {0, 150, 136},  {255, 235, 59}, {121, 85, 72}, {233, 30, 99},  {0, 188, 212}};
  if (index < std::ssize(first)) return first[index];
  const double hue = std::fmod(static_cast<double>(index) * 0.6180339887, 1.0);
  Colour colour;
  for (int c = 0; c < 3; ++c) {
    const double distance = std::abs(std::fmod(hue + c / 3.0, 1.0) * 6 - 3) - 1;
    colour[c] = static_cast<uint8_t>(std::lround(60 + 180 * std::clamp(distance, 0.0, 1.0)));
  }
  return colour;
}

/// A scale from dark violet to yellow along which brightness rises evenly: that of matplotlib's viridis at ninths.
at::Tensor near_and_far(const at::Tensor& share) {
  static const at::Tensor scale = at::tensor({68,  1,  84,  71,  44, 122, 59, 81,  139, 44, 113, 142, 33, 144,
                                              141, 39, 173, 129, 92, 200, 99, 170, 220, 50, 253, 231, 37},
                                             at::kFloat)
                                      .view({9, 3});
  const at::Tensor place = share.clamp(0, 1) * 8;
  const at::Tensor below = place.floor().clamp_max(7).to(at::kLong);
  const at::Tensor part = (place - below).unsqueeze(-1);
  const auto pick = [&](const at::Tensor& index) {
    return scale.index_select(0, index.flatten()).view({share.size(0), share.size(1), 3});
  };
  return at::lerp(pick(below), pick(below + 1), part.expand({-1, -1, 3})).permute({2, 0, 1});
}

at::Tensor as_bytes_picture(const at::Tensor& picture) {
  return picture.round().clamp(0, 255).to(at::kByte).contiguous();
}

/// Gray stripes where nothing is known.
at::Tensor stripe_unknown(const at::Tensor& picture, const at::Tensor& is_known) {
  const at::Tensor y = at::arange(picture.size(1)).unsqueeze(1);
  const at::Tensor x = at::arange(picture.size(2)).unsqueeze(0);
  const at::Tensor stripes = (y + x).remainder(2 * kStripe).lt(kStripe).to(at::kFloat) * 40 + 40;
  return as_bytes_picture(at::where(is_known, picture.to(at::kFloat), stripes));
}

at::Tensor class_picture(const at::Tensor& classes, int64_t count) {
  at::Tensor colours = at::empty({count, 3}, at::kFloat);
  for (int64_t k = 0; k < count; ++k) {
    for (int64_t c = 0; c < 3; ++c) colours[k][c] = class_colour(k)[c];
  }
  const at::Tensor looked_up = colours.index_select(0, classes.clamp_min(0).flatten().to(at::kLong));
  const auto picture = looked_up.view({classes.size(0), classes.size(1), 3}).permute({2, 0, 1});
  return stripe_unknown(picture, classes.ge(0));
}

at::Tensor depth_picture(const at::Tensor& depth) {  // [H, W]
  const at::Tensor is_known = depth > 0;
  const at::Tensor known = depth.masked_select(is_known);
  if (known.numel() == 0) return number_picture(depth, is_known, 0, 1);
  return number_picture(-depth, is_known, -known.max().item<double>(), -known.min().item<double>());
}

/// Numbers over the largest of them.
std::vector<double> heights_of(const at::Tensor& numbers) {
  const at::Tensor plain = numbers.flatten().to(at::kDouble).contiguous();
  const double most = plain.abs().nan_to_num(0).max().item<double>();
  const at::Tensor scaled = (plain / std::max(most, 1e-30)).contiguous();
  return {scaled.data_ptr<double>(), scaled.data_ptr<double>() + scaled.numel()};
}

at::Tensor labels_picture(const Task& task, const at::Tensor& target) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> heights;
  for (int64_t k = 0; k < task.num_outputs; ++k) {
    const bool is_class_task = task.kind == TaskKind::kClassification;
    const auto value = is_class_task ? target.item<int64_t>() : static_cast<int64_t>(target[k].item<double>());
    heights.push_back(value < 0 ? unknown : is_class_task ? (value == k ? 1.0 : 0.0) : static_cast<double>(value));
  }
  return bars_picture(heights, true);
}

std::string label_name(int64_t index, const std::vector<std::string>& names) {
  return index < std::ssize(names) ? names[index] : fmt::format("{}", index);
}

}  // namespace

at::Tensor number_picture(const at::Tensor& values, const at::Tensor& known, double low, double high) {
  return stripe_unknown(near_and_far((values - low) / std::max(high - low, 1e-9)), known);
}

at::Tensor bars_picture(const std::vector<double>& heights, bool of_classes) {
  const auto colour = [&](int64_t index) { return of_classes ? class_colour(index) : kPlainColour; };
  const bool is_signed = std::any_of(heights.begin(), heights.end(), [](double h) { return h < 0; });
  const auto count = std::ssize(heights);
  const int64_t step = std::max<int64_t>(kBarSide / count, 2);
  at::Tensor picture = at::full({3, kBarSide, step * count}, 24, at::kByte);
  at::Tensor is_known = at::ones({kBarSide, step * count}, at::kBool);
  const double middle = static_cast<double>(kBarSide) / (is_signed ? 2 : 1);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t width = std::max<int64_t>(step - 1, 1);
    if (std::isnan(heights[i])) {
      is_known.narrow(1, i * step, width).fill_(false);
      continue;
    }
    const double end = middle * (1 - heights[i]);
    const int64_t top = std::lround(std::min(middle, end));
    const int64_t size = std::max<int64_t>(std::lround(std::max(middle, end)) - top, 2);
    const int64_t begin = std::min(top, kBarSide - size);
    for (int64_t c = 0; c < 3; ++c) {
      picture[c].narrow(0, begin, size).narrow(1, i * step, width).fill_(colour(i)[c]);
    }
  }
  return stripe_unknown(picture, is_known);
}

at::Tensor task_picture(const Task& task, const at::Tensor& target) {
  switch (task.kind) {
    case TaskKind::kClassification:
    case TaskKind::kMultiLabel:
      return labels_picture(task, target);
    case TaskKind::kRegression:
      return bars_picture(heights_of(target), false);
    case TaskKind::kSegmentation:
    case TaskKind::kParts:
      return class_picture(target, task.num_outputs);
    case TaskKind::kDepth:
      return depth_picture(target[0]);
    case TaskKind::kNormals:
      return stripe_unknown((target + 1) * 127.5, target.ne(0).any(0));
    case TaskKind::kSaliency:
    case TaskKind::kEdges:
      return stripe_unknown((target * 255).expand({3, -1, -1}), target[0].ge(0));
  }
  return {};
}

std::string task_words(const Task& task, const at::Tensor& target, const std::vector<std::string>& names) {
  if (task.kind == TaskKind::kClassification) {
    const auto label = target.item<int64_t>();
    if (label < 0) return "unknown";
    return names.empty() ? fmt::format("class {}", label) : label_name(label, names);
  }
  if (task.kind == TaskKind::kDepth) {
    const at::Tensor known = target.masked_select(target > 0);
    if (known.numel() == 0) return "unknown";
    return fmt::format("{:.3g} ... {:.3g}", known.min().item<double>(), known.max().item<double>());
  }
  if (is_dense(task.kind)) return "";
  std::vector<std::string> words;
  for (int64_t i = 0; i < target.size(0) && words.size() < kMaxNumbers; ++i) {
    const double value = target[i].item<double>();
    if (task.kind == TaskKind::kRegression)
      words.push_back(std::isnan(value) ? "unknown" : fmt::format("{:.3g}", value));
    if (task.kind == TaskKind::kMultiLabel && value > 0) words.push_back(label_name(i, names));
  }
  if (task.kind == TaskKind::kMultiLabel && !target.ge(0).any().item<bool>()) return "unknown";
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

at::Tensor input_picture(const at::Tensor& input) {
  if (input.size(1) * input.size(2) == 1) return bars_picture(heights_of(input), false);
  const at::Tensor shown = input.size(0) >= 3 ? input.narrow(0, 0, 3) : input.narrow(0, 0, 1).expand({3, -1, -1});
  const double low = std::min(shown.min().item<double>(), 0.0);
  const double high = std::max(shown.max().item<double>(), 1.0);
  return as_bytes_picture((shown - low) / (high - low) * 255);
}

}  // namespace reconcile
