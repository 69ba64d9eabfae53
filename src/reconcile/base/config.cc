#include "reconcile/base/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

constexpr const char* kSeal = "# crc32 ";  // begins a file that reconcile wrote
constexpr size_t kMaxParts = 32;           // of a key
constexpr int64_t kMaxLevels = 64;

std::string joined(const std::string& prefix, const std::string& key) {
  return prefix.empty() ? key : prefix + "." + key;
}

/// Refuses keys of too many parts before they are read: a tree of any depth could grow of them, and overflow the stack.
void check_keys(std::string_view text, const std::string& file) {
  int64_t line = 1;
  size_t dots = 0;
  for (const char c : text) {
    if (c == '\n') ++line;
    dots = c == '\n' || c == '=' || c == ',' ? 0 : dots + (c == '.');
    if (dots < kMaxParts) continue;
    fail<DataError>("{}:{}: a key has more than {} parts, or a text as many dots in a row.", file, line, kMaxParts);
  }
}

/// Copies a TOML node into JSON and notes the line of everything below it.
Json convert(const toml::node& node, const std::string& path, const std::string& file,
             std::map<std::string, std::string>& origins, int64_t level = 0) {
  origins[path] = fmt::format("{}:{}", file, node.source().begin.line);
  if (level > kMaxLevels) fail<DataError>("{}: nested more than {} deep.", origins[path], kMaxLevels);
  if (const auto* table = node.as_table()) {
    Json result = Json::object();
    for (const auto& [key, value] : *table) {
      result[std::string(key.str())] = convert(value, joined(path, std::string(key.str())), file, origins, level + 1);
    }
    return result;
  }
  if (const auto* array = node.as_array()) {
    Json result = Json::array();
    for (const auto& value : *array) {
      result.push_back(convert(value, fmt::format("{}[{}]", path, result.size()), file, origins, level + 1));
    }
    return result;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  fail<DataError>("{}: {}: dates and times have no meaning here.", origins[path], path);
}

/// A key as TOML wants it: in quotes unless it is letters, digits, `_` and `-` only.
std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) != 0 || c == '_' || c == '-');
  });
  return bare ? key : Json(key).dump();
}

/// DataError if the text begins with a seal, and it is not that of the lines below.
void check_seal(std::string_view text, const std::filesystem::path& path) {
  if (!text.starts_with(kSeal)) return;
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::string found = checksum(text.substr(std::min(line.size() + 1, text.size())));
  const std::string_view stated = trim(line.substr(std::string_view(kSeal).size()));
  if (stated == found) return;
  fail<DataError>(
      "{}: the CRC-32 is {}, its first line says {}: it was damaged, or changed by hand. Restore it; if the change was "
      "meant, take the first line away.",
      path.string(), found, stated);
}

bool is_list_of_tables(const Json& value) { return value.is_array() && !value.empty() && value.front().is_object(); }

/// Plain values first, then the tables below them: what stands behind a [table] line belongs to it. JSON writes texts,
/// numbers and lists as TOML does.
void append_table(const Json& values, const std::string& path, std::string& text) {
  for (const auto& [key, value] : values.items()) {
    if (value.is_object() || is_list_of_tables(value)) continue;
    text += fmt::format("{} = {}\n", key_text(key), value.dump());
  }
  for (const auto& [key, value] : values.items()) {
    const std::string below = joined(path, key_text(key));
    if (value.is_object()) {
      text += fmt::format("\n[{}]\n", below);
      append_table(value, below, text);
    } else if (is_list_of_tables(value)) {
      for (const auto& table : value) {
        text += fmt::format("\n[[{}]]\n", below);
        append_table(table, below, text);
      }
    }
  }
}

}  // namespace

Config Config::from_file(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) {
    fail<DataError>("{}: no such experiment file. `ls experiments/*` shows those that come along.", path.string());
  }
  const std::string text = read_file(path);
  check_seal(text, path);
  check_keys(text, path.string());
  Config config;
  try {
    config.values_ = convert(toml::parse(text, path.string()), "", path.string(), config.origins_);
  } catch (const toml::parse_error& error) {
    fail<DataError>("{}:{}:{}: not TOML: {}", path.string(), error.source().begin.line, error.source().begin.column,
                    error.description());
  }
  return config;
}

Config Config::of_run(const std::filesystem::path& directory) {
  const auto path = directory / "config.toml";
  Config config = from_file(path);
  if (config.values().empty()) fail<DataError>("{}: is empty, so it was damaged. Restore it.", path.string());
  return config;
}

void Config::set(const std::string& assignment, const std::string& origin) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail<InvalidArgument>("{} {}: must be key=value, for example --set train.epochs=3.", origin, assignment);
  }
  const std::string path(trim(assignment.substr(0, equals)));
  const auto keys = split(path, '.');
  if (!is_utf8(path) || keys.size() > kMaxParts) {
    fail<InvalidArgument>("{} {} ...: a key has at most {} parts, in UTF-8.", origin,
                          is_utf8(path) ? path.substr(0, 40) : "", kMaxParts);
  }
  Json* place = &values_;
  for (const auto& key : keys) {
    if (!place->is_object()) {
      fail<InvalidArgument>("{} {}: \"{}\" goes below a plain value.", origin, assignment, key);
    }
    place = &(*place)[key];
    if (place->is_null()) *place = Json::object();
  }
  *place = parse_value(std::string(trim(assignment.substr(equals + 1))));
  origins_[path] = origin;
}

Json Config::table(const std::string& key) const {
  if (!values_.contains(key)) return Json::object();
  if (!values_.at(key).is_object()) {
    fail<InvalidArgument>("{} = {}, must be a table: [{}].", where("")(key), values_.at(key).dump(), key);
  }
  return values_.at(key);
}

Where Config::where(const std::string& prefix) const {
  return [this, prefix](const std::string& key) {
    const std::string path = joined(prefix, key);
    const auto origin = origins_.find(path);
    return origin == origins_.end() ? path : origin->second + ": " + path;
  };
}

std::string to_toml(const Json& values) {
  std::string text;
  append_table(values, "", text);
  return text;
}

std::string to_sealed_toml(const Json& values) {
  const std::string text = to_toml(values);
  return fmt::format("{}{}\n{}", kSeal, checksum(text), text);
}

}  // namespace reconcile
