#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// A small SVG writer. Colours are names of CSS classes (style.cc), so that light, dark and print share one drawing.
namespace reconcile::report {

/// `text` for HTML and SVG: & < > and both quotes as entities.
std::string escape(std::string_view text);

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// A drawing, built element by element. `style` is a list of CSS classes. Points that are not finite are left out.
class Svg {
 public:
  /// `alt` says in words what the drawing shows.
  Svg(double width, double height, std::string_view alt);

  /// A rectangle; `tip` is shown when the pointer rests on it.
  void rect(const Box& box, std::string_view style, std::string_view tip = "");
  void line(Point from, Point to, std::string_view style);
  /// A line through the points; closed, it is an area.
  void path(const std::vector<Point>& points, std::string_view style, bool closed = false);
  void circle(Point centre, double radius, std::string_view style, std::string_view tip = "");
  void text(Point base, std::string_view content, std::string_view style = "");
  /// Text cut to `width`, with the whole text as tip.
  void text_within(Point base, double width, std::string_view content, std::string_view style = "");

  /// The whole `<svg>` element.
  [[nodiscard]] std::string str() const { return body_ + "</svg>\n"; }

 private:
  std::string body_;
};

/// Width of `text` on a page, estimated, at the drawings' usual size.
double text_width(std::string_view text);

struct Range {
  double low = 0;
  double high = 1;
};

/// The smallest range over all finite values; [0, 1] if there is none.
Range range_of(const std::vector<double>& values);
/// The range with a `share` of its length added at both ends; never empty.
Range widened(const Range& range, double share);

/// About `count` multiples of 1, 2 or 5 times a power of ten inside the range.
std::vector<double> nice_ticks(const Range& range, int count);

/// Whether an axis is divided evenly or by powers of ten.
enum class Scale { kLinear, kLog };

/// Two axes around an area of a drawing.
class Axes {
 public:
  /// `area` is where data is drawn; tick labels stand outside it, left and below. `scale` is that of y.
  Axes(Svg& svg, const Box& area, const Range& x, const Range& y, Scale scale = Scale::kLinear);

  /// Where (x, y) is drawn; nowhere (not finite) for y <= 0 on a logarithmic axis.
  [[nodiscard]] Point at(double x, double y) const;

  /// Grid lines, tick labels and the title below; `suffix` follows each label.
  void draw_x(int num_ticks, std::string_view title, std::string_view suffix = "");
  /// Grid lines and tick labels; the title stands above the axis.
  void draw_y(int num_ticks, std::string_view title, std::string_view suffix = "");

 private:
  Svg& svg_;
  Box area_;
  Range x_, y_;  ///< y as its logarithm on a logarithmic axis
  Scale scale_;
};

}  // namespace reconcile::report
