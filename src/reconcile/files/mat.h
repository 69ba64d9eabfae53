#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace reconcile {

/// A value of a MATLAB file: numbers, text, a struct, or a list (a cell array, or an array of structs). Questions that
/// do not fit the value are DataErrors that name the file and the place, `a.mat: anno.objects(2).mask`.
class MatValue {
 public:
  enum class Kind { kNumbers, kText, kStruct, kList };

  [[nodiscard]] Kind kind() const { return kind_; }
  /// Numbers as a tensor with the sizes and indices that MATLAB shows, two at least: integers (uint16 as int32, uint32
  /// as int64), float32, float64 or bool. DataError if they are no numbers.
  [[nodiscard]] const at::Tensor& numbers() const;
  /// DataError if there is another number than one.
  [[nodiscard]] double number() const;
  [[nodiscard]] const std::string& text() const;
  /// A field of a struct. DataError names the nearest one if there is none.
  [[nodiscard]] const MatValue& field(const std::string& name) const;
  /// The elements of a list, column by column; a single struct is a list of itself, and empty numbers are an empty
  /// list.
  [[nodiscard]] std::vector<const MatValue*> items() const;
  /// File and place, for messages.
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  friend class MatReader;
  [[noreturn]] void is_not(const std::string& wanted) const;

  Kind kind_ = Kind::kList;
  std::string where_;
  at::Tensor numbers_;
  std::string text_;
  std::vector<std::string> names_;  ///< of a struct's fields
  std::vector<MatValue> items_;     ///< elements of a list, or a struct's fields
};

/// A variable of a MATLAB file of version 5 (save -v6 or -v7; packed with zlib or not). DataError naming `path` if the
/// file is another one or damaged, has no such variable, or holds what is not read: sparse and complex numbers,
/// objects, functions, uint64. The whole file is checked before libmatio, which believes what files say, sees it.
MatValue read_mat(const std::filesystem::path& path, const std::string& variable);

}  // namespace reconcile
