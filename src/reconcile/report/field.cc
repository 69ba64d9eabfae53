#include "reconcile/report/field.h"

#include <limits>

#include "reconcile/base/error.h"

namespace reconcile::report {
namespace {

constexpr int64_t kOldestSchema = 1, kNewestSchema = 2;
constexpr size_t kMaxShown = 60;  // characters of a wrong value in a message

}  // namespace

void Field::reject(const std::string& rule) const {
  std::string given = value_->dump();
  if (given.size() > kMaxShown) given = given.substr(0, kMaxShown) + " ...";
  fail<DataError>("{}: {} is {}, must be {}. The file was changed or written by another program; write it again.",
                  file_, place_.empty() ? "the document" : place_, given, rule);
}

Field Field::at(const std::string& key) const {
  if (!value_->is_object()) reject("an object");
  const auto member = value_->find(key);
  const std::string place = place_.empty() ? key : place_ + "." + key;
  if (member == value_->end()) {
    fail<DataError>("{}: {} is missing. docs/formats/records.md lists what a record holds; write the file again.",
                    file_, place);
  }
  return {*member, file_, place};
}

std::optional<Field> Field::find(const std::string& key) const {
  if (!value_->is_object()) reject("an object");
  if (!value_->contains(key) || value_->at(key).is_null()) return std::nullopt;
  return at(key);
}

std::vector<Field> Field::elements() const {
  if (!value_->is_array()) reject("a list");
  std::vector<Field> result;
  for (size_t i = 0; i < value_->size(); ++i) {
    result.push_back(Field(value_->at(i), file_, fmt::format("{}[{}]", place_, i)));
  }
  return result;
}

std::vector<std::pair<std::string, Field>> Field::members() const {
  if (!value_->is_object()) reject("an object");
  std::vector<std::pair<std::string, Field>> result;
  for (const auto& [key, value] : value_->items()) result.emplace_back(key, at(key));
  return result;
}

double Field::number() const {
  using Limits = std::numeric_limits<double>;
  if (value_->is_number()) return value_->get<double>();
  if (*value_ == "nan") return Limits::quiet_NaN();
  if (*value_ == "inf") return Limits::infinity();
  if (*value_ == "-inf") return -Limits::infinity();
  reject("a number, \"nan\", \"inf\" or \"-inf\"");
}

int64_t Field::whole() const {
  if (!value_->is_number_integer()) reject("a whole number");
  return value_->get<int64_t>();
}

std::string Field::text() const {
  if (!value_->is_string()) reject("text");
  return value_->get<std::string>();
}

double number_of(const Field& field) { return field.number(); }

std::string field_text(const Field& field) { return field.text(); }

void require_schema(const Field& root) {
  const int64_t version = root.at("schema_version").whole();
  if (version >= kOldestSchema && version <= kNewestSchema) return;
  root.at("schema_version")
      .reject(fmt::format("{} to {}: this reconcile reads no other", kOldestSchema, kNewestSchema));
}

}  // namespace reconcile::report
