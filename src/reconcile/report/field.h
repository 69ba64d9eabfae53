#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/base/options.h"

namespace reconcile::report {

/// A value inside a JSON file that knows its place, so that every message names it: `run/summary.json: rows[2].label`.
class Field {
 public:
  /// The root of a document. `file` is the path, with `:line` for a line of run.jsonl.
  Field(const Json& value, std::string file) : value_(&value), file_(std::move(file)) {}

  /// The member `key`. DataError if this is no object or has no such member.
  [[nodiscard]] Field at(const std::string& key) const;
  /// The member `key`, or nothing if it is absent or null.
  [[nodiscard]] std::optional<Field> find(const std::string& key) const;
  /// The elements of an array; DataError if it is none.
  [[nodiscard]] std::vector<Field> elements() const;
  /// Name and value of every member, in file order; DataError if this is no object.
  [[nodiscard]] std::vector<std::pair<std::string, Field>> members() const;

  /// The number; the texts "nan", "inf" and "-inf" are numbers too. DataError otherwise.
  [[nodiscard]] double number() const;
  /// A whole number; DataError otherwise.
  [[nodiscard]] int64_t whole() const;
  /// DataError unless it is text.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const Json& json() const { return *value_; }

  /// Throws a DataError that names this place, its value and what it must be.
  [[noreturn]] void reject(const std::string& rule) const;

  /// `read` of every element.
  template <class Read>
  [[nodiscard]] auto list(Read read) const {
    std::vector<decltype(read(*this))> result;
    for (const auto& element : elements()) result.push_back(read(element));
    return result;
  }

 private:
  Field(const Json& value, std::string file, std::string place)
      : value_(&value), file_(std::move(file)), place_(std::move(place)) {}

  const Json* value_;
  std::string file_;
  std::string place_;  ///< "rows[2].label"; "" at the root
};

/// The number of a field, for `Field::list`.
double number_of(const Field& field);
/// The text of a field, for `Field::list`.
std::string field_text(const Field& field);

/// DataError unless `schema_version` is one that this library reads.
void require_schema(const Field& root);

}  // namespace reconcile::report
