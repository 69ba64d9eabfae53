#include "reconcile/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "reconcile/report/numbers.h"

namespace reconcile::tool {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// Columns and rows of the terminal as it is now.
struct TerminalSize {
  int64_t columns = 80, rows = 24;
};
TerminalSize terminal_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, std::max<int64_t>(size.ws_row, 1)};
}

const char* code_of(Style style) {
  switch (style) {
    case Style::kBold:
      return "\033[1m";
    case Style::kDim:
      return "\033[2m";
    case Style::kAccent:
      return "\033[36m";
    default:
      return "";
  }
}

Line pieces_on(const Line& line, int level) {
  Line pieces;
  std::copy_if(line.begin(), line.end(), std::back_inserter(pieces),
               [level](const Piece& piece) { return piece.from <= level && level < piece.until; });
  return pieces;
}

int64_t width_of(const Line& line) {
  int64_t width = 0;
  for (const auto& piece : line) width += report::display_width(piece.text);
  return width;
}

/// The first `width` characters.
std::string_view first_columns(std::string_view text, int64_t width) {
  size_t end = 0;
  for (int64_t columns = 0; end < text.size(); ++end) {
    const bool begins_a_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins_a_character && ++columns > width) break;
  }
  return text.substr(0, end);
}

}  // namespace

std::string fit(const Line& line, int64_t width, bool has_colour) {
  int level = 0;
  while (level + 1 < Piece::kLevels && width_of(pieces_on(line, level)) > width) ++level;
  std::string text;
  for (const auto& piece : pieces_on(line, level)) {
    const std::string_view visible = first_columns(piece.text, width);
    width -= report::display_width(visible);
    const std::string_view code = has_colour ? code_of(piece.style) : "";
    text += fmt::format("{}{}{}", code, visible, code.empty() ? "" : "\033[0m");
  }
  return text;
}

Terminal::Terminal() {
  const char* term = std::getenv("TERM");
  const bool is_dumb = term != nullptr && std::string_view(term) == "dumb";
  is_live_ = isatty(STDERR_FILENO) == 1 && !is_dumb && !is_set("CI");
  has_colour_ = is_live_ && !is_set("NO_COLOR");
}

void Terminal::draw(const std::vector<Line>& lines) {
  if (!is_live_) return;
  const auto [columns, rows] = terminal_size();
  const int64_t count = std::min<int64_t>(std::ssize(lines), std::max<int64_t>(rows - 1, 1));
  std::string text = drawn_ > 1 ? fmt::format("\r\033[{}A", drawn_ - 1) : "\r";
  for (int64_t i = 0; i < count; ++i) {
    text += fmt::format("{}{}\033[K", i == 0 ? "" : "\n", fit(lines[static_cast<size_t>(i)], columns - 1, has_colour_));
  }
  fmt::print(stderr, "{}\033[J", text);
  std::fflush(stderr);
  drawn_ = count;
}

void Terminal::clear() {
  if (drawn_ == 0) return;
  fmt::print(stderr, "{}\033[J", drawn_ > 1 ? fmt::format("\r\033[{}A", drawn_ - 1) : "\r");
  std::fflush(stderr);
  drawn_ = 0;
}

void say(const std::string& text) { fmt::print(stderr, "{}\n", text); }

std::string clock_text(double seconds) {
  const int64_t whole = std::llround(seconds);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

}  // namespace reconcile::tool
