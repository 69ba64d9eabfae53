#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reconcile::tool {

/// How a stretch of a line looks where colours are allowed.
enum class Style { kPlain, kBold, kDim, kAccent };

/// A stretch of a line, drawn on the levels `from` to `until` (not included). Level 0 is the whole line; each further
/// level leaves something out.
struct Piece {
  std::string text;
  Style style = Style::kPlain;
  int from = 0;
  int until = kLevels;

  static constexpr int kLevels = 10;
};
using Line = std::vector<Piece>;

/// The line on the first level that needs at most `width` columns; the last level is cut where even that is too wide.
std::string fit(const Line& line, int64_t width, bool has_colour);

/// stderr as a place to draw on.
class Terminal {
 public:
  /// Live on a terminal that is not dumb, and not where `CI` is set; with colours unless `NO_COLOR` is set.
  Terminal();
  /// Removes what was drawn.
  ~Terminal() { clear(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Whether lines can be drawn and drawn over; where not, `draw` and `clear` do nothing.
  [[nodiscard]] bool is_live() const { return is_live_; }
  /// Draws the lines in the place of those before, as wide and as many as the terminal has room for now.
  void draw(const std::vector<Line>& lines);
  /// Removes what was drawn: afterwards stderr may be written to.
  void clear();

 private:
  bool is_live_;
  bool has_colour_;
  int64_t drawn_ = 0;  ///< lines that stand there
};

/// A line of talk on stderr.
void say(const std::string& text);

/// Seconds as "01:05" or "1:01:05".
std::string clock_text(double seconds);

}  // namespace reconcile::tool
