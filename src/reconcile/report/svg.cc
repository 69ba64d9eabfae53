#include "reconcile/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

constexpr double kCharacterWidth = 6.7;  // of a 12 px sans-serif font, on the wide side
constexpr double kWide = 600;            // from here on a drawing scrolls on a narrow screen instead of shrinking
constexpr double kLargest = 1.1;         // times its own size: letters stay as large as the text around

std::string number(double value) { return fmt::format("{:.5g}", value); }

bool is_finite(Point point) { return std::isfinite(point.x) && std::isfinite(point.y); }

std::string class_of(std::string_view style) { return style.empty() ? "" : fmt::format(" class=\"{}\"", style); }

std::string with_tip(std::string_view element, std::string_view tip) {
  if (tip.empty()) return "/>\n";
  return fmt::format("><title>{}</title></{}>\n", escape(tip), element);
}

std::string first_characters(std::string_view text, int64_t count) {
  size_t end = 0;
  while (end < text.size() && display_width(text.substr(0, end + 1)) <= count) ++end;
  return std::string(text.substr(0, end));
}

/// Powers of ten between two logarithms, with their doubles and fivefolds where there are few.
std::vector<double> log_ticks(const Range& range) {
  const double decades = range.high - range.low;
  const double stride = std::max(1.0, std::ceil(decades / 6));
  const auto steps = decades > 2     ? std::vector{1.0}
                     : decades > 0.5 ? std::vector{1.0, 2.0, 5.0}
                                     : std::vector{1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0};
  std::vector<double> ticks;
  for (double power = std::floor(range.low); power <= range.high; power += stride) {
    for (const double step : steps) {
      const double log = power + std::log10(step);
      if (log >= range.low - 1e-9 && log <= range.high + 1e-9) ticks.push_back(std::pow(10, log));
    }
  }
  return ticks;
}

int decimals(double step) { return std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9))); }

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

Svg::Svg(double width, double height, std::string_view alt)
    : body_(fmt::format("<svg{} viewBox=\"0 0 {} {}\" style=\"max-width:{}px\" role=\"img\" aria-label=\"{}\">\n",
                        width > kWide ? " class=\"wide\"" : "", number(width), number(height), number(kLargest * width),
                        escape(alt))) {}

void Svg::rect(const Box& box, std::string_view style, std::string_view tip) {
  if (!is_finite({box.x, box.y}) || !is_finite({box.width, box.height})) return;
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}{}", number(box.x), number(box.y),
                       number(std::max(box.width, 0.0)), number(std::max(box.height, 0.0)), class_of(style),
                       with_tip("rect", tip));
}

void Svg::line(Point from, Point to, std::string_view style) {
  if (is_finite(from) && is_finite(to)) path({from, to}, style);
}

void Svg::path(const std::vector<Point>& points, std::string_view style, bool closed) {
  std::string commands;
  for (const auto& point : points) {
    if (is_finite(point))
      commands += fmt::format("{}{} {}", commands.empty() ? "M" : "L", number(point.x), number(point.y));
  }
  if (commands.empty()) return;
  body_ += fmt::format("<path d=\"{}{}\"{}/>\n", commands, closed ? "Z" : "", class_of(style));
}

void Svg::circle(Point centre, double radius, std::string_view style, std::string_view tip) {
  if (!is_finite(centre)) return;
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}", number(centre.x), number(centre.y), number(radius),
                       class_of(style), with_tip("circle", tip));
}

void Svg::text(Point base, std::string_view content, std::string_view style) {
  if (!is_finite(base)) return;
  body_ += fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>\n", number(base.x), number(base.y), class_of(style),
                       escape(content));
}

void Svg::text_within(Point base, double width, std::string_view content, std::string_view style) {
  if (text_width(content) <= width) return text(base, content, style);
  const auto fitting = static_cast<int64_t>(width / kCharacterWidth) - 1;
  body_ += fmt::format("<text x=\"{}\" y=\"{}\"{}>{}…<title>{}</title></text>\n", number(base.x), number(base.y),
                       class_of(style), escape(first_characters(content, fitting)), escape(content));
}

double text_width(std::string_view text) { return kCharacterWidth * static_cast<double>(display_width(text)); }

Range range_of(const std::vector<double>& values) {
  Range range{HUGE_VAL, -HUGE_VAL};
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    range = {std::min(range.low, value), std::max(range.high, value)};
  }
  return range.low <= range.high ? range : Range{};
}

Range widened(const Range& range, double share) {
  const double length = range.high - range.low;
  const double extra = length > 0 ? share * length : 0.5 * std::max(std::abs(range.low), 0.02);
  return {range.low - extra, range.high + extra};
}

std::vector<double> nice_ticks(const Range& range, int count) {
  const double raw = (range.high - range.low) / count;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= raw) step = factor * power;
  }
  std::vector<double> ticks;
  for (double i = std::ceil(range.low / step - 1e-9); i * step <= range.high + 1e-9 * step; ++i)
    ticks.push_back(i * step);
  return ticks;
}

Axes::Axes(Svg& svg, const Box& area, const Range& x, const Range& y, Scale scale)
    : svg_(svg), area_(area), x_(x), y_(y), scale_(scale) {
  if (scale == Scale::kLog) y_ = {std::log10(y.low), std::log10(y.high)};
}

Point Axes::at(double x, double y) const {
  if (scale_ == Scale::kLog) y = std::log10(y);
  return {area_.x + area_.width * (x - x_.low) / (x_.high - x_.low),
          area_.y + area_.height * (y_.high - y) / (y_.high - y_.low)};
}

void Axes::draw_x(int num_ticks, std::string_view title, std::string_view suffix) {
  const double bottom = area_.y + area_.height;
  const auto ticks = nice_ticks(x_, num_ticks);
  for (const double tick : ticks) {
    const double x = at(tick, 1).x;
    svg_.line({x, area_.y}, {x, bottom}, "grid");
    svg_.text({x, bottom + 16}, fixed(tick, ticks.size() > 1 ? decimals(ticks[1] - ticks[0]) : 2) + std::string(suffix),
              "small mid");
  }
  svg_.text({area_.x + area_.width / 2, bottom + 33}, title, "small mid");
}

void Axes::draw_y(int num_ticks, std::string_view title, std::string_view suffix) {
  const bool is_log = scale_ == Scale::kLog;
  const auto ticks = is_log ? log_ticks(y_) : nice_ticks(y_, num_ticks);
  const int digits = ticks.size() > 1 ? decimals(ticks[1] - ticks[0]) : 2;
  for (const double tick : ticks) {
    const double y = at(x_.low, tick).y;
    svg_.line({area_.x, y}, {area_.x + area_.width, y}, "grid");
    svg_.text({area_.x - 6, y + 4}, (is_log ? fmt::format("{:g}", tick) : fixed(tick, digits)) + std::string(suffix),
              "small end");
  }
  if (!title.empty()) svg_.text({0, area_.y - 10}, title, "small");
}

}  // namespace reconcile::report
