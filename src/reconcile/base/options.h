#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace reconcile {

using Json = nlohmann::ordered_json;

/// Names an option in a message: `where("c")` is `aggregator "cagrad": c` or `demo.toml:12: train.epochs`.
using Where = std::function<std::string(const std::string& key)>;

/// What an option's value must fulfil, in words and as a test. The test sees only values of the right type.
struct Rule {
  std::string text;
  std::function<bool(const Json&)> holds;
};
Rule any();
Rule at_least(double low);
Rule above(double low);
Rule between(double low, double high);
/// In (low, high].
Rule above_up_to(double low, double high);
/// One of these texts or numbers.
Rule one_of(std::vector<Json> values);

namespace internal {
/// One option without its C++ type, so that checking and describing are written once.
struct Row {
  std::string name;
  std::string type;
  Rule rule;
  std::string help;
};
void check(const Row& row, const Json& value, const std::string& where);
void check_known(const std::vector<Row>& rows, const Json& given, const Where& where);
std::string type_name(const std::string*);
std::string type_name(const bool*);
std::string type_name(const int64_t*);
std::string type_name(const double*);
std::string type_name(const std::vector<std::string>*);
std::string type_name(const std::vector<int64_t>*);
std::string type_name(const std::vector<double>*);
}  // namespace internal

/// One option of the struct O: its name, rule, help, and how it is read from and written to the struct.
template <class O>
struct Option {
  internal::Row row;
  std::function<void(O&, const Json&)> set;
  std::function<Json(const O&)> get;
};

/// Declares the member `field` of O as an option.
template <class O, class V>
Option<O> option(std::string name, V O::*field, Rule rule, std::string help) {
  return {{std::move(name), internal::type_name(static_cast<V*>(nullptr)), std::move(rule), std::move(help)},
          [field](O& options, const Json& value) { options.*field = value.get<V>(); },
          [field](const O& options) { return Json(options.*field); }};
}

/// The one list of an options struct's keys: parser, checks, help and docs all read it.
template <class O>
class OptionTable {
 public:
  OptionTable(std::initializer_list<Option<O>> options) : options_(options) {}

  /// The defaults of O with the given keys set. InvalidArgument names the place, the value and the rule; an unknown key
  /// names the nearest known one.
  [[nodiscard]] O parse(const Json& given, const Where& where) const {
    std::vector<internal::Row> rows;
    for (const auto& option : options_) rows.push_back(option.row);
    internal::check_known(rows, given, where);
    O result{};
    for (const auto& option : options_) {
      if (!given.contains(option.row.name)) continue;
      const Json& value = given.at(option.row.name);
      internal::check(option.row, value, where(option.row.name));
      option.set(result, value);
    }
    return result;
  }

  /// Every key with its value, in table order.
  [[nodiscard]] Json values(const O& options) const {
    Json result = Json::object();
    for (const auto& option : options_) result[option.row.name] = option.get(options);
    return result;
  }

  /// Rows of {name, type, default, rule, help}.
  [[nodiscard]] Json describe() const {
    Json rows = Json::array();
    for (const auto& [row, set, get] : options_) {
      rows.push_back(
          {{"name", row.name}, {"type", row.type}, {"default", get(O{})}, {"rule", row.rule.text}, {"help", row.help}});
    }
    return rows;
  }

 private:
  std::vector<Option<O>> options_;
};

/// For entries without options.
struct NoOptions {};

/// What a catalogue says of an entry. The name is the file stem: command line, TOML, Python and docs all use it.
struct EntryInfo {
  std::string name;
  std::string title;
  std::string reference;  ///< paper or source
};

/// A row of a catalogue: information, options, and how to make one from checked options and a context.
template <class Product, class... Context>
struct Entry {
  EntryInfo info;
  Json options;  ///< OptionTable::describe()
  std::function<Product(const Json& given, const Where& where, Context...)> make;
  std::function<Json(const Json& given, const Where& where)> resolve;  ///< given options, completed with the defaults
};

/// A method as people type it: `cagrad(c=0.4)` is {"cagrad", {"c": 0.4}}.
struct Spec {
  std::string name;
  Json options = Json::object();

  /// InvalidArgument if the text is not UTF-8, and not `name` or `name(key=value, ...)`. Values are JSON, or bare words
  /// for text.
  static Spec parse(const std::string& text);
  [[nodiscard]] std::string text() const;
};

/// Cuts the text at every `separator` that stands in no brackets: `a=1, b=[2,3]` at ',' gives two pieces. Empty text
/// gives none.
std::vector<std::string> split_outside_brackets(const std::string& text, char separator);

/// A value as JSON where it is JSON, else as text: `0.4`, `true`, `[1,2]`, `adam`. InvalidArgument if it is nested more
/// than 32 deep, or no text in UTF-8.
Json parse_value(const std::string& text);

}  // namespace reconcile
