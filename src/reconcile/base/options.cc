#include "reconcile/base/options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

constexpr int kMaxDepth = 32;

/// Whole, and one that 64 bits with a sign can hold.
bool is_whole(const Json& value) {
  return value.is_number_unsigned() ? value.get<uint64_t>() <= INT64_MAX : value.is_number_integer();
}

void check_utf8(const std::string& text) {
  if (is_utf8(text)) return;
  std::string shown = text.substr(0, 40);
  for (char& c : shown) c = c < ' ' || c > '~' ? '?' : c;
  fail<InvalidArgument>("\"{}\": no text in UTF-8. Type it again in a terminal that is set to UTF-8.", shown);
}

bool has_type(const Json& value, const std::string& type) {
  const auto all = [&](auto test) { return value.is_array() && std::all_of(value.begin(), value.end(), test); };
  if (type == "text") return value.is_string();
  if (type == "true or false") return value.is_boolean();
  if (type == "whole number") return is_whole(value);
  if (type == "number") return value.is_number();
  if (type == "list of texts") return all([](const Json& v) { return v.is_string(); });
  if (type == "list of whole numbers") return all(&is_whole);
  return all([](const Json& v) { return v.is_number(); });
}

/// A numeric rule that every element of a list has to fulfil.
Rule numeric(std::string text, std::function<bool(double)> holds) {
  return {std::move(text), [holds = std::move(holds)](const Json& value) {
            if (!value.is_array()) return holds(value.get<double>());
            return std::all_of(value.begin(), value.end(), [&](const Json& v) { return holds(v.get<double>()); });
          }};
}

}  // namespace

std::vector<std::string> split_outside_brackets(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  if (trim(text).empty()) return pieces;
  pieces.emplace_back();
  int depth = 0;
  for (const char c : text) {
    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
    if (c == separator && depth == 0) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

Rule any() {
  return {"", [](const Json&) { return true; }};
}
Rule at_least(double low) {
  return numeric(fmt::format("must be >= {}", low), [low](double v) { return v >= low; });
}
Rule above(double low) {
  return numeric(fmt::format("must be > {}", low), [low](double v) { return v > low; });
}
Rule between(double low, double high) {
  return numeric(fmt::format("must lie in [{}, {}]", low, high),
                 [low, high](double v) { return v >= low && v <= high; });
}
Rule above_up_to(double low, double high) {
  return numeric(fmt::format("must lie in ({}, {}]", low, high),
                 [low, high](double v) { return v > low && v <= high; });
}
Rule one_of(std::vector<Json> values) {
  std::vector<std::string> words;
  for (const auto& value : values) words.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  const std::string text = fmt::format("must be one of {}", fmt::join(words, ", "));
  return {text, [values = std::move(values)](const Json& value) {
            return std::find(values.begin(), values.end(), value) != values.end();
          }};
}

namespace internal {

void check(const Row& row, const Json& value, const std::string& where) {
  std::string help = row.help;
  if (!help.empty()) help[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(help[0])));
  if (!has_type(value, row.type)) {
    fail<InvalidArgument>("{} = {}, must be a {}. {}.", where, value.dump(), row.type, help);
  }
  if (!row.rule.holds(value)) {
    fail<InvalidArgument>("{} = {}, {}. {}.", where, value.dump(), row.rule.text, help);
  }
}

void check_known(const std::vector<Row>& rows, const Json& given, const Where& where) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name);
  for (const auto& item : given.items()) {
    if (std::find(names.begin(), names.end(), item.key()) != names.end()) continue;
    fail<InvalidArgument>("{}: unknown key.{} Known: {}.", where(item.key()), did_you_mean(item.key(), names),
                          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
}

std::string type_name(const std::string*) { return "text"; }
std::string type_name(const bool*) { return "true or false"; }
std::string type_name(const int64_t*) { return "whole number"; }
std::string type_name(const double*) { return "number"; }
std::string type_name(const std::vector<std::string>*) { return "list of texts"; }
std::string type_name(const std::vector<int64_t>*) { return "list of whole numbers"; }
std::string type_name(const std::vector<double>*) { return "list of numbers"; }

}  // namespace internal

Json parse_value(const std::string& text) {
  check_utf8(text);
  bool is_deep = false;  // what copies or writes a deep value would overflow the stack
  const auto watch = [&is_deep](int depth, Json::parse_event_t event, Json&) {
    using Event = Json::parse_event_t;
    is_deep |= depth >= kMaxDepth && (event == Event::array_start || event == Event::object_start);
    return !is_deep;
  };
  Json value = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (is_deep) fail<InvalidArgument>("\"{} ...\": nested more than {} deep.", text.substr(0, 40), kMaxDepth);
  return value.is_discarded() ? Json(text) : value;
}

Spec Spec::parse(const std::string& text) {
  check_utf8(text);
  const std::string whole(trim(text));
  const auto open = whole.find('(');
  Spec spec{std::string(trim(whole.substr(0, open)))};
  const bool closed = open == std::string::npos || whole.back() == ')';
  if (spec.name.empty() || !closed) {
    fail<InvalidArgument>("\"{}\" is not a method. Write name or name(key=value, ...).", text);
  }
  if (open == std::string::npos) return spec;
  for (const auto& pair : split_outside_brackets(whole.substr(open + 1, whole.size() - open - 2), ',')) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) {
      fail<InvalidArgument>("\"{}\": \"{}\" is not key=value. Write name(key=value, ...).", text, trim(pair));
    }
    spec.options[std::string(trim(pair.substr(0, equals)))] = parse_value(std::string(trim(pair.substr(equals + 1))));
  }
  return spec;
}

std::string Spec::text() const {
  if (options.empty()) return name;
  std::vector<std::string> pairs;
  for (const auto& [key, value] : options.items()) {
    pairs.push_back(key + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return fmt::format("{}({})", name, fmt::join(pairs, ", "));
}

}  // namespace reconcile
