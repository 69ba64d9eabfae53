#include "reconcile/files/npy.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/numbers.h"

namespace reconcile {
namespace {

constexpr std::string_view kNpyMagic = "\x93NUMPY";
constexpr int64_t kMaxNumbers = int64_t{1} << 40;

[[noreturn]] void damaged_npy(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: not a readable NumPy file: {}. Save it again with numpy.save.", path.string(), what);
}

/// What stands behind 'key': in the header's dictionary, up to `end`.
std::string_view value_of(std::string_view header, const std::string& key, char end,
                          const std::filesystem::path& path) {
  const auto found = header.find(fmt::format("'{}':", key));
  if (found == std::string::npos) damaged_npy(path, fmt::format("its header has no '{}'", key));
  const size_t begin = header.find_first_not_of(' ', found + key.size() + 3);
  const size_t stop = header.find(end, begin);
  if (begin == std::string::npos || stop == std::string::npos) {
    damaged_npy(path, fmt::format("its '{}' does not end", key));
  }
  return trim(header.substr(begin, stop - begin));
}

/// The sizes in `(3, 4` or `(5,` or `(`.
std::vector<int64_t> parse_shape(std::string_view text, const std::filesystem::path& path) {
  const auto refuse = [&] { damaged_npy(path, fmt::format("its shape is {})", text)); };
  if (!text.starts_with('(')) refuse();
  std::vector<int64_t> shape;
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size();
  int64_t count = 1;
  while (at < end) {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    int64_t size = 0;
    const auto [next, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 0 || size > kMaxNumbers / count || shape.size() == 32) refuse();
    count *= std::max<int64_t>(size, 1);
    shape.push_back(size);
    at = next;
  }
  return shape;
}

/// '<f4' with its quotes: byte order, kind, size.
NumberType parse_type(std::string_view descr, const std::filesystem::path& path) {
  const bool known_form = descr.size() == 5 && descr.front() == '\'' && descr.back() == '\'' && descr[3] >= '0' &&
                          descr[3] <= '9' && std::string_view("<>|=").find(descr[1]) != std::string_view::npos;
  const NumberType type = known_form ? NumberType{descr[2], descr[3] - '0', descr[1] == '>'} : NumberType{'?', 0};
  if (!tensor_type(type)) {
    damaged_npy(path, fmt::format("its type is {}, readable are float16 to float64, int8 to int64, uint8 to uint32 and "
                                  "bool",
                                  descr));
  }
  return type;
}

bool parse_order(std::string_view text, const std::filesystem::path& path) {
  if (text != "True" && text != "False") damaged_npy(path, fmt::format("its 'fortran_order' is {}", text));
  return text == "True";
}

/// The header's text, and where the data begins.
std::pair<std::string_view, size_t> header_of(std::string_view bytes, const std::filesystem::path& path) {
  if (!is_npy(bytes) || bytes.size() < 12) damaged_npy(path, "it does not begin with \\x93NUMPY");
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(bytes[i])); };
  const size_t version = byte(kNpyMagic.size());
  if (version < 1 || version > 3) damaged_npy(path, fmt::format("its version is {}, readable are 1 to 3", version));
  const bool is_long = version > 1;  // version 1 has a length of two bytes, later ones of four
  const size_t begin = is_long ? 12 : 10;
  size_t length = byte(8) + (byte(9) << 8);
  if (is_long) length += (byte(10) << 16) + (byte(11) << 24);
  if (length > bytes.size() - begin) {
    damaged_npy(path, fmt::format("its header claims {} bytes, {} are there", length, bytes.size() - begin));
  }
  return {bytes.substr(begin, length), begin + length};
}

at::Tensor read_array_of(std::string_view bytes, const std::filesystem::path& path,
                         const std::shared_ptr<const void>& owner) {
  const auto [header, begin] = header_of(bytes, path);
  const NumberType type = parse_type(value_of(header, "descr", ',', path), path);
  const bool fortran = parse_order(value_of(header, "fortran_order", ',', path), path);
  const auto shape = parse_shape(value_of(header, "shape", ')', path), path);
  const int64_t claimed = c10::multiply_integers(shape) * type.size;
  const std::string_view data = bytes.substr(begin);
  if (claimed != std::ssize(data)) {
    damaged_npy(path, fmt::format("its header claims {} bytes of data, {} are there", claimed, data.size()));
  }
  return read_numbers(data, shape, type, fortran, owner);
}

/// How a header spells the types that are written.
const std::map<at::ScalarType, std::string> kNpyNames = {{at::kHalf, "<f2"}, {at::kFloat, "<f4"}, {at::kDouble, "<f8"},
                                                         {at::kChar, "|i1"}, {at::kShort, "<i2"}, {at::kInt, "<i4"},
                                                         {at::kLong, "<i8"}, {at::kByte, "|u1"},  {at::kBool, "|b1"}};

}  // namespace

bool is_npy(std::string_view bytes) { return bytes.starts_with(kNpyMagic); }

at::Tensor read_npy(const std::filesystem::path& path) { return read_npy(map_file(path), path); }

at::Tensor read_npy(const std::shared_ptr<const MappedFile>& file, const std::filesystem::path& path) {
  return read_array_of(file->bytes(), path, file);
}

at::Tensor decode_npy(std::string_view bytes, const std::filesystem::path& path) {
  return read_array_of(bytes, path, nullptr).contiguous();
}

std::string encode_npy(const at::Tensor& array) {
  const at::Tensor stored = array.detach().cpu().contiguous();
  const auto type = kNpyNames.find(stored.scalar_type());
  if (type == kNpyNames.end()) {
    fail<InvalidArgument>("npy: no way to write {}; float16 to float64, int8 to int64, uint8 and bool can be written.",
                          c10::toString(stored.scalar_type()));
  }
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type->second,
                                   fmt::join(stored.sizes(), ", "), stored.dim() == 1 ? "," : "");
  const size_t prefix = kNpyMagic.size() + 4;  // magic, version, length of the header
  header.append((64 - (prefix + header.size() + 1) % 64) % 64, ' ').append("\n");
  std::string bytes(kNpyMagic);
  bytes.append({'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)});
  return bytes.append(header).append(static_cast<const char*>(stored.data_ptr()), stored.nbytes());
}

}  // namespace reconcile
