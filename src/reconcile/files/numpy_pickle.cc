#include "reconcile/files/numpy_pickle.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "reconcile/base/error.h"
#include "reconcile/core/pickle.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/numbers.h"

namespace reconcile {
namespace {

using PickleItems = std::vector<const PickleValue*>;

constexpr size_t kMaxArrayDims = 32;
constexpr const char* kNumpyAdvice = "In Python, save arrays alone: pickle.dump((images, labels), file, protocol=4).";

const std::vector<std::string> kNumpyGlobals = {
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype",
    "numpy.core.numeric._frombuffer",     "numpy._core.numeric._frombuffer",     "_codecs.encode"};

/// One array of the pickle.
class PickledArray {
 public:
  PickledArray(const PickleValue& value, std::shared_ptr<const MappedFile> file, const std::filesystem::path& path)
      : value_(value), file_(std::move(file)), path_(path) {}

  at::Tensor read() const {
    if (value_.kind != PickleValue::Kind::kCall) refuse("one of its values is no array");
    if (value_.text.ends_with("._reconstruct")) return of_state();
    if (value_.text.ends_with("._frombuffer")) return of_buffer();
    refuse("one of its values is no array");
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    fail<DataError>("{}: not a readable pickle of arrays: {}. {}", path_.string(), what, kNumpyAdvice);
  }

  [[nodiscard]] const PickleValue& item(const PickleItems& items, size_t i) const {
    if (i >= items.size()) refuse("an array is not described");
    return *items[i];
  }

  /// The state is (version, shape, type, is Fortran, bytes).
  [[nodiscard]] at::Tensor of_state() const {
    const PickleItems& state = item(value_.items, 1).items;
    return read(item(state, 4), item(state, 2), item(state, 1), item(state, 3).number != 0);
  }

  /// The arguments are (bytes, type, shape, order).
  [[nodiscard]] at::Tensor of_buffer() const {
    const PickleItems& arguments = item(value_.items, 0).items;
    return read(item(arguments, 0), item(arguments, 1), item(arguments, 2), item(arguments, 3).text == "F");
  }

  [[nodiscard]] at::Tensor read(const PickleValue& bytes, const PickleValue& type, const PickleValue& shape,
                                bool fortran) const {
    const NumberType numbers = type_of(type);
    std::vector<int64_t> sizes;
    if (shape.items.size() > kMaxArrayDims) refuse("a shape is no shape");
    int64_t count = numbers.size;
    for (const PickleValue* size : shape.items) {
      sizes.push_back(size->number);
      if (size->number < 0 || __builtin_mul_overflow(count, std::max<int64_t>(size->number, 1), &count)) {
        refuse("a shape is no shape");
      }
    }
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) count = 0;
    const std::string decoded = decoded_bytes(bytes);
    const std::string_view data = decoded.empty() ? bytes.bytes : decoded;
    if (static_cast<size_t>(count) != data.size()) {
      refuse(fmt::format("an array [{}] of {} bytes a number has {} bytes", fmt::join(sizes, ", "), numbers.size,
                         data.size()));
    }
    return read_numbers(data, sizes, numbers, fortran, decoded.empty() ? file_ : nullptr);
  }

  /// The type is a call of numpy.dtype("f4", ...) whose state begins with (version, byte order).
  [[nodiscard]] NumberType type_of(const PickleValue& type) const {
    if (type.kind != PickleValue::Kind::kCall || type.text != "numpy.dtype") refuse("an array has no type");
    const std::string& name = item(item(type.items, 0).items, 0).text;
    const std::string order = type.items.size() > 1 ? item(type.items[1]->items, 1).text : "|";
    const bool known = name.size() == 2 && name[1] >= '0' && name[1] <= '9';
    const NumberType numbers{known ? name[0] : '?', known ? name[1] - '0' : 0, order == ">"};
    if (!tensor_type(numbers)) refuse(fmt::format("an array has the type \"{}\"", name));
    return numbers;
  }

  /// Python 3 writes bytes for Python 2 as a call _codecs.encode(text, "latin1"), the text in UTF-8; else "".
  [[nodiscard]] std::string decoded_bytes(const PickleValue& value) const {
    if (value.kind != PickleValue::Kind::kCall || value.text != "_codecs.encode") return "";
    const std::string& text = item(item(value.items, 0).items, 0).text;
    std::string bytes;
    bytes.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      const auto first = static_cast<unsigned char>(text[i]);
      if (first < 0x80) {
        bytes += text[i];
      } else if ((first == 0xC2 || first == 0xC3) && i + 1 < text.size()) {
        bytes += static_cast<char>((first & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
      } else {
        refuse("a text is no bytes");
      }
    }
    return bytes;
  }

  const PickleValue& value_;
  std::shared_ptr<const MappedFile> file_;
  const std::filesystem::path& path_;
};

}  // namespace

std::vector<at::Tensor> read_numpy_pickle(const std::filesystem::path& path) {
  const auto file = map_file(path);
  PickleReader reader(file->bytes(), kNumpyGlobals, path, kNumpyAdvice);
  const PickleValue& root = reader.next();
  if (root.kind != PickleValue::Kind::kSequence) {
    fail<DataError>("{}: not a readable pickle of arrays: it holds no tuple or list. {}", path.string(), kNumpyAdvice);
  }
  std::vector<at::Tensor> arrays;
  for (const PickleValue* value : root.items) arrays.push_back(PickledArray(*value, file, path).read());
  return arrays;
}

}  // namespace reconcile
