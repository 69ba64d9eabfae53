#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reconcile {

/// The candidate nearest to `name` by edit distance, or "" when none is near enough to be meant.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

/// ` Did you mean "x"?` for the nearest candidate, or "".
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// `text` cut at every `separator`; blanks around the pieces are removed. "" gives no piece.
std::vector<std::string> split(std::string_view text, char separator);

/// `text` without blanks at either end.
std::string_view trim(std::string_view text);

/// Whether the bytes are text in UTF-8.
bool is_utf8(std::string_view bytes);

/// The bytes in base64, padded.
std::string base64(std::string_view bytes);

}  // namespace reconcile
