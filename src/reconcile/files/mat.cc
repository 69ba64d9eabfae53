#include "reconcile/files/mat.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>
#include <matio.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"
#include "reconcile/files/mat_check.h"
#include "reconcile/files/numbers.h"

namespace reconcile {
namespace {

using MatFile = std::unique_ptr<mat_t, int (*)(mat_t*)>;
using MatVariable = std::unique_ptr<matvar_t, void (*)(matvar_t*)>;

const char* kind_text(MatValue::Kind kind) {
  switch (kind) {
    case MatValue::Kind::kNumbers:
      return "an array of numbers";
    case MatValue::Kind::kText:
      return "text";
    case MatValue::Kind::kStruct:
      return "a struct";
    case MatValue::Kind::kList:
      return "a list";
  }
  return "";
}

/// How libmatio keeps the numbers of a class in memory.
NumberType number_type(const matvar_t& variable) {
  if (variable.isLogical != 0) return {'b', 1};
  switch (variable.class_type) {
    case MAT_C_DOUBLE:
      return {'f', 8};
    case MAT_C_SINGLE:
      return {'f', 4};
    case MAT_C_INT8:
      return {'i', 1};
    case MAT_C_UINT8:
      return {'u', 1};
    case MAT_C_INT16:
      return {'i', 2};
    case MAT_C_UINT16:
      return {'u', 2};
    case MAT_C_INT32:
      return {'i', 4};
    case MAT_C_UINT32:
      return {'u', 4};
    case MAT_C_INT64:
      return {'i', 8};
    default:
      return {'?', 0};
  }
}

int64_t count_of(const matvar_t& variable) {
  int64_t count = 1;
  for (int d = 0; d < variable.rank; ++d) count *= static_cast<int64_t>(variable.dims[d]);
  return count;
}

}  // namespace

/// Turns what libmatio has read into values.
class MatReader {
 public:
  /// `variable` may be null: an empty cell or field.
  static MatValue read(const matvar_t* variable, std::string where) {
    MatValue value;
    value.where_ = std::move(where);
    if (variable == nullptr || variable->class_type == MAT_C_EMPTY) {
      value.kind_ = MatValue::Kind::kNumbers;
      value.numbers_ = at::empty({0, 0}, at::kDouble);
    } else if (variable->class_type == MAT_C_STRUCT) {
      read_structs(*variable, value);
    } else if (variable->class_type == MAT_C_CELL) {
      const auto* cells = static_cast<matvar_t* const*>(variable->data);
      for (int64_t i = 0; i < count_of(*variable); ++i) value.items_.push_back(read(cells[i], place(value, i)));
    } else if (variable->class_type == MAT_C_CHAR) {
      read_text(*variable, value);
    } else {
      read_array(*variable, value);
    }
    return value;
  }

 private:
  static std::string place(const MatValue& list, int64_t i) { return fmt::format("{}({})", list.where_, i + 1); }

  [[noreturn]] static void not_read(const MatValue& value) {
    fail<DataError>("{}: libmatio could not read it. Save the file again.", value.where_);
  }

  static void read_structs(const matvar_t& variable, MatValue& value) {
    const int64_t count = count_of(variable);
    if (count == 1) {
      read_fields(variable, 0, value);
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      MatValue item;
      item.where_ = place(value, i);
      read_fields(variable, i, item);
      value.items_.push_back(std::move(item));
    }
  }

  static void read_fields(const matvar_t& variable, int64_t i, MatValue& value) {
    value.kind_ = MatValue::Kind::kStruct;
    const size_t num_fields = Mat_VarGetNumberOfFields(const_cast<matvar_t*>(&variable));
    char* const* names = Mat_VarGetStructFieldnames(&variable);
    const auto* fields = static_cast<matvar_t* const*>(variable.data);
    if (num_fields > 0 && (names == nullptr || fields == nullptr)) not_read(value);
    for (size_t f = 0; f < num_fields; ++f) {
      value.names_.emplace_back(names[f]);
      const matvar_t* field = fields[static_cast<size_t>(i) * num_fields + f];
      value.items_.push_back(read(field, fmt::format("{}.{}", value.where_, names[f])));
    }
  }

  /// ASCII; another letter becomes a question mark.
  static void read_text(const matvar_t& variable, MatValue& value) {
    value.kind_ = MatValue::Kind::kText;
    const int64_t count = count_of(variable);
    if (count > 0 && (variable.data == nullptr || variable.data_size == 0)) not_read(value);
    const auto* bytes = static_cast<const unsigned char*>(variable.data);
    for (int64_t i = 0; i < count; ++i) {
      bool is_ascii = bytes[i * variable.data_size] < 0x80;
      for (int k = 1; k < variable.data_size; ++k) is_ascii = is_ascii && bytes[i * variable.data_size + k] == 0;
      value.text_ += is_ascii ? static_cast<char>(bytes[i * variable.data_size]) : '?';
    }
  }

  static void read_array(const matvar_t& variable, MatValue& value) {
    value.kind_ = MatValue::Kind::kNumbers;
    const NumberType type = number_type(variable);
    const int64_t bytes = count_of(variable) * type.size;
    if (!tensor_type(type) || static_cast<int64_t>(variable.nbytes) < bytes ||
        (bytes > 0 && variable.data == nullptr)) {
      not_read(value);
    }
    std::vector<int64_t> shape;
    for (int d = 0; d < variable.rank; ++d) shape.push_back(static_cast<int64_t>(variable.dims[d]));
    const std::string_view data(static_cast<const char*>(variable.data), static_cast<size_t>(bytes));
    value.numbers_ = read_numbers(data, shape, type, /*fortran=*/true).contiguous();
  }
};

void MatValue::is_not(const std::string& wanted) const {
  fail<DataError>("{}: is {}, must be {}.", where_, kind_text(kind_), wanted);
}

const at::Tensor& MatValue::numbers() const {
  if (kind_ != Kind::kNumbers) is_not("numbers");
  return numbers_;
}

double MatValue::number() const {
  if (numbers().numel() != 1) {
    fail<DataError>("{}: has {} numbers, must have one.", where_, numbers_.numel());
  }
  return numbers_.item<double>();
}

const std::string& MatValue::text() const {
  if (kind_ != Kind::kText) is_not("text");
  return text_;
}

const MatValue& MatValue::field(const std::string& name) const {
  if (kind_ != Kind::kStruct) is_not(fmt::format("a struct with the field \"{}\"", name));
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    fail<DataError>("{}: has no field \"{}\".{} It has {}.", where_, name, did_you_mean(name, names_),
                    fmt::join(names_, ", "));
  }
  return items_[static_cast<size_t>(found - names_.begin())];
}

std::vector<const MatValue*> MatValue::items() const {
  if (kind_ == Kind::kStruct) return {this};
  if (kind_ == Kind::kText || (kind_ == Kind::kNumbers && numbers_.numel() > 0)) is_not("a list");
  std::vector<const MatValue*> items;
  for (const MatValue& item : items_) items.push_back(&item);
  return items;
}

MatValue read_mat(const std::filesystem::path& path, const std::string& variable) {
  const auto names = check_mat(read_file(path), path);
  if (std::find(names.begin(), names.end(), variable) == names.end()) {
    fail<DataError>("{}: no variable \"{}\".{} It has {}.", path.string(), variable, did_you_mean(variable, names),
                    fmt::join(names, ", "));
  }
  static const int silent = Mat_LogInitFunc("", [](int, char*) {});  // what it would print is said in messages
  (void)silent;
  const MatFile file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), &Mat_Close);
  const MatVariable found(file == nullptr ? nullptr : Mat_VarRead(file.get(), variable.c_str()), &Mat_VarFree);
  if (found == nullptr) fail<DataError>("{}: libmatio could not read it. Save the file again.", path.string());
  return MatReader::read(found.get(), fmt::format("{}: {}", path.string(), variable));
}

}  // namespace reconcile
