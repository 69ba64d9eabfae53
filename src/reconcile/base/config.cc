#include "reconcile/base/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace {

std::string joined(const std::string& prefix, const std::string& key) {
  return prefix.empty() ? key : prefix + "." + key;
}

/// Copies a TOML node into JSON and notes the line of everything below it.
Json convert(const toml::node& node, const std::string& path, const std::string& file,
             std::map<std::string, std::string>& origins) {
  origins[path] = fmt::format("{}:{}", file, node.source().begin.line);
  if (const auto* table = node.as_table()) {
    Json result = Json::object();
    for (const auto& [key, value] : *table) {
      result[std::string(key.str())] = convert(value, joined(path, std::string(key.str())), file, origins);
    }
    return result;
  }
  if (const auto* array = node.as_array()) {
    Json result = Json::array();
    for (const auto& value : *array) {
      result.push_back(convert(value, fmt::format("{}[{}]", path, result.size()), file, origins));
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
  Config config;
  try {
    config.values_ = convert(toml::parse_file(path.string()), "", path.string(), config.origins_);
  } catch (const toml::parse_error& error) {
    fail<DataError>("{}:{}:{}: not TOML: {}", path.string(), error.source().begin.line, error.source().begin.column,
                    error.description());
  }
  return config;
}

void Config::set(const std::string& assignment, const std::string& origin) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail<InvalidArgument>("{} {}: must be key=value, for example --set train.epochs=3.", origin, assignment);
  }
  const std::string path(trim(assignment.substr(0, equals)));
  Json* place = &values_;
  for (const auto& key : split(path, '.')) {
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

}  // namespace reconcile
