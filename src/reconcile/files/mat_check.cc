// A MATLAB 5 file: 128 bytes of header, then elements: a tag of two 32-bit words (type, size) and the data, padded to 8
// bytes; up to four bytes of data stand inside the tag, whose first word then has the size in its upper half. A packed
// element holds one array element. An array element holds elements again: flags, dimensions, name, and its contents.

#include "reconcile/files/mat_check.h"

#include <zlib.h>

#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr size_t kMatHeader = 128;
constexpr size_t kMaxUnpacked = size_t{1} << 28;
constexpr int64_t kMaxArrays = 1 << 20;
constexpr int kMaxDepth = 32;

// Types of elements.
constexpr uint32_t kInt8 = 1, kInt32 = 5, kUInt32 = 6, kMatrix = 14, kCompressed = 15;
// Classes of arrays.
constexpr uint32_t kCell = 1, kStruct = 2, kChar = 4, kDouble = 6, kUInt64 = 15;
constexpr uint32_t kComplexFlag = 0x800;

/// Bytes of one number of an element's type; 0 if it holds no numbers.
size_t number_size(uint32_t type) {
  constexpr size_t kSizes[] = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8, 0, 0, 1, 2, 4};
  return type < std::size(kSizes) ? kSizes[type] : 0;
}

struct Element {
  uint32_t type = 0;
  std::string_view data;
};

class MatChecker {
 public:
  explicit MatChecker(const std::filesystem::path& path) : path_(path) {}

  std::vector<std::string> check(std::string_view bytes) {
    check_header(bytes);
    bytes.remove_prefix(kMatHeader);
    std::vector<std::string> names;
    while (!bytes.empty()) names.push_back(check_variable(bytes));
    return names;
  }

 private:
  void check_header(std::string_view bytes) {
    if (bytes.size() < kMatHeader) refuse("it has {} bytes, its header alone has 128", bytes.size());
    const std::string_view mark = bytes.substr(126, 2);
    if (mark != "IM" && mark != "MI") refuse("it does not have the mark of version 5");
    swap_ = mark == "MI";
    const int version = static_cast<uint8_t>(bytes[swap_ ? 124 : 125]);
    if (version == 2) refuse("it is of version 7.3 (HDF5), readable is version 5: save it with -v7");
    if (version != 1) refuse("its version is {}, readable is 1", version);
  }

  std::string check_variable(std::string_view& bytes) {
    if (bytes.size() >= 8 && word(bytes, 0) == kCompressed) {
      const size_t size = word(bytes, 4);
      if (size > bytes.size() - 8) refuse("an element announces {} bytes, {} are there", size, bytes.size() - 8);
      const std::string unpacked = unpack(bytes.substr(8, size));
      bytes.remove_prefix(8 + size);
      std::string_view rest = unpacked;
      std::string name = check_array(take(rest), 0);
      if (!rest.empty()) refuse("a packed variable has {} bytes too many", rest.size());
      return name;
    }
    return check_array(take(bytes), 0);
  }

  [[nodiscard]] std::string unpack(std::string_view packed) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) refuse("no memory to unpack it");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, &inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string unpacked;
    char chunk[1 << 14];
    int status = Z_OK;
    while (status == Z_OK) {
      stream.next_out = reinterpret_cast<Bytef*>(chunk);
      stream.avail_out = sizeof chunk;
      status = inflate(&stream, Z_NO_FLUSH);
      unpacked.append(chunk, sizeof chunk - stream.avail_out);
      if (unpacked_ + unpacked.size() > kMaxUnpacked) refuse("it unpacks to more than {} bytes", kMaxUnpacked);
    }
    if (status != Z_STREAM_END || stream.avail_in != 0) refuse("a packed variable is damaged");
    unpacked_ += unpacked.size();
    return unpacked;
  }

  /// The element at the beginning of `rest`, which is cut off with its padding.
  Element take(std::string_view& rest) {
    if (rest.size() < 8) refuse("it ends inside an element");
    const uint32_t first = word(rest, 0);
    if (first >> 16 != 0) {
      const Element small{first & 0xFFFF, rest.substr(4, first >> 16)};
      if (first >> 16 > 4) refuse("a small element announces {} bytes, 4 have room", first >> 16);
      rest.remove_prefix(8);
      return small;
    }
    const size_t size = word(rest, 4);
    if (size > rest.size() - 8) refuse("an element announces {} bytes, {} are there", size, rest.size() - 8);
    const Element element{first, rest.substr(8, size)};
    const size_t padded = (size + 7) / 8 * 8;
    if (padded > rest.size() - 8) refuse("it ends inside the padding of an element");
    rest.remove_prefix(8 + padded);
    return element;
  }

  Element take(std::string_view& rest, uint32_t type, const char* what) {
    const Element element = take(rest);
    if (element.type != type) refuse("the {} of an array have element type {}, must be {}", what, element.type, type);
    return element;
  }

  /// The name of the array in this element.
  std::string check_array(const Element& element, int depth) {
    if (element.type != kMatrix) refuse("an array has element type {}, must be 14", element.type);
    if (depth > kMaxDepth || ++num_arrays_ > kMaxArrays) {
      refuse("it has more than {} arrays, or they are nested more than {} deep", kMaxArrays, kMaxDepth);
    }
    std::string_view rest = element.data;
    if (rest.empty() && depth > 0) return "";  // how empty cells and fields are stored
    const std::string_view flags = take(rest, kUInt32, "flags").data;
    if (flags.size() != 8) refuse("an array has {} bytes of flags, must be 8", flags.size());
    const int64_t count = check_dimensions(take(rest, kInt32, "dimensions").data);
    const std::string_view name = take(rest, kInt8, "name").data;
    if (name.size() > 63) refuse("an array has a name of {} bytes, at most 63 are allowed", name.size());
    check_contents(word(flags, 0), count, rest, depth);
    if (!rest.empty()) refuse("an array has {} bytes too many", rest.size());
    return std::string(name.substr(0, name.find('\0')));
  }

  int64_t check_dimensions(std::string_view sizes) {
    if (sizes.size() < 8 || sizes.size() > 128 || sizes.size() % 4 != 0) {
      refuse("an array has dimensions of {} bytes, must be 8 to 128, four each", sizes.size());
    }
    int64_t count = 1;
    bool is_empty = false;
    for (size_t i = 0; i < sizes.size(); i += 4) {
      const auto size = static_cast<int32_t>(word(sizes, i));
      is_empty |= size == 0;
      count *= std::max(size, 1);
      if (size < 0 || count > INT32_MAX) refuse("an array has a dimension of {}", size);
    }
    return is_empty ? 0 : count;
  }

  void check_contents(uint32_t flags, int64_t count, std::string_view& rest, int depth) {
    const uint32_t kind = flags & 0xFF;
    if (flags & kComplexFlag) refuse("it holds complex numbers, which are not read");
    if (kind == kCell) {
      check_arrays(count, rest, depth);
    } else if (kind == kStruct) {
      check_struct(count, rest, depth);
    } else if (kind == kChar || (kind >= kDouble && kind < kUInt64)) {
      const auto [type, data] = take(rest);
      const size_t size = number_size(type);
      if (size == 0 || data.size() != size * static_cast<size_t>(count)) {
        refuse("an array of {} values has {} bytes of element type {}", count, data.size(), type);
      }
    } else {
      refuse("it holds an array of class {}; numbers up to 32 bits and int64, text, cells and structs are read", kind);
    }
  }

  void check_struct(int64_t count, std::string_view& rest, int depth) {
    // libmatio takes for granted that the length stands inside its tag, as the format says.
    if (rest.size() < 8 || word(rest, 0) != (4 << 16 | kInt32)) refuse("a struct has no length of its field names");
    const uint32_t length = word(take(rest).data, 0);
    if (length < 1 || length > 64) refuse("a struct has field names of {} bytes, must be 1 to 64", length);
    const std::string_view names = take(rest, kInt8, "field names").data;
    if (names.size() % length != 0) refuse("a struct has {} bytes of field names of {}", names.size(), length);
    for (size_t i = 0; i < names.size(); i += length) {
      const std::string_view name = names.substr(i, length);
      if (name.front() == '\0' || name.find('\0') == std::string_view::npos) refuse("a field name does not end");
    }
    const auto num_fields = static_cast<int64_t>(names.size() / length);
    if (std::max<int64_t>(num_fields, 1) * count > kMaxArrays) refuse("a struct has too many fields");
    check_arrays(num_fields * count, rest, depth);
  }

  void check_arrays(int64_t count, std::string_view& rest, int depth) {
    if (static_cast<size_t>(count) > rest.size() / 8) {
      refuse("a cell or struct announces {} arrays in {} bytes", count, rest.size());
    }
    for (int64_t i = 0; i < count; ++i) check_array(take(rest), depth + 1);
  }

  [[nodiscard]] uint32_t word(std::string_view bytes, size_t at) const {
    uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return swap_ ? __builtin_bswap32(value) : value;
  }

  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail<DataError>("{}: not a readable MATLAB file: {}.", path_.string(),
                    fmt::format(format, std::forward<Args>(args)...));
  }

  const std::filesystem::path& path_;
  bool swap_ = false;
  size_t unpacked_ = 0;
  int64_t num_arrays_ = 0;
};

}  // namespace

std::vector<std::string> check_mat(std::string_view bytes, const std::filesystem::path& path) {
  return MatChecker(path).check(bytes);
}

}  // namespace reconcile
