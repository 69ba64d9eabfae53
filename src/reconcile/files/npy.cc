#include "reconcile/files/npy.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;

[[noreturn]] void damaged_npy(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: not a readable NumPy file: {}. Save it again with numpy.save.", path.string(), what);
}

/// What stands behind 'key': in the header's dictionary, up to `end`.
std::string value_of(const std::string& header, const std::string& key, char end, const std::filesystem::path& path) {
  const auto found = header.find(fmt::format("'{}':", key));
  if (found == std::string::npos) damaged_npy(path, fmt::format("its header has no '{}'", key));
  const size_t begin = header.find_first_not_of(' ', found + key.size() + 3);
  const size_t stop = header.find(end, begin);
  if (begin == std::string::npos || stop == std::string::npos)
    damaged_npy(path, fmt::format("its '{}' does not end", key));
  return header.substr(begin, stop - begin);
}

/// The sizes in `(3, 4` or `(5,` or `(`.
std::vector<int64_t> parse_shape(const std::string& text, const std::filesystem::path& path) {
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
    if (error != std::errc() || size < 0 || (size > 0 && count > (int64_t{1} << 40) / size)) {
      damaged_npy(path, fmt::format("its shape is {})", text));
    }
    count *= std::max<int64_t>(size, 1);
    shape.push_back(size);
    at = next;
  }
  return shape;
}

/// How a header spells the types.
const std::map<std::string, at::ScalarType> kTypes = {
    {"'<f4'", at::kFloat}, {"'<f8'", at::kDouble}, {"'<i4'", at::kInt}, {"'<i8'", at::kLong}, {"'|u1'", at::kByte}};

at::ScalarType parse_type(const std::string& descr, const std::filesystem::path& path) {
  const auto found = kTypes.find(descr);
  if (found == kTypes.end()) {
    damaged_npy(path, fmt::format("its type is {}, readable are float32, float64, int32, int64 and uint8", descr));
  }
  return found->second;
}

/// The header's text, and where the data begins.
std::pair<std::string, size_t> header_of(const std::string& bytes, const std::filesystem::path& path) {
  if (!is_npy(bytes) || bytes.size() < 12) damaged_npy(path, "it does not begin with \\x93NUMPY");
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool is_long = byte(kMagicSize) > 1;  // version 1 has a length of two bytes, later ones of four
  const size_t begin = is_long ? 12 : 10;
  size_t length = byte(8) + (byte(9) << 8);
  if (is_long) length += (byte(10) << 16) + (byte(11) << 24);
  if (length > bytes.size() - begin) {
    damaged_npy(path, fmt::format("its header claims {} bytes, {} are there", length, bytes.size() - begin));
  }
  return {bytes.substr(begin, length), begin + length};
}

}  // namespace

bool is_npy(const std::string& bytes) { return bytes.starts_with(kMagic); }

at::Tensor decode_npy(const std::string& bytes, const std::filesystem::path& path) {
  const auto [header, begin] = header_of(bytes, path);
  const at::ScalarType type = parse_type(value_of(header, "descr", ',', path), path);
  const bool fortran = value_of(header, "fortran_order", ',', path) == "True";
  std::vector<int64_t> shape = parse_shape(value_of(header, "shape", ')', path), path);
  if (fortran) std::reverse(shape.begin(), shape.end());
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  const size_t claimed = static_cast<size_t>(count) * at::elementSize(type);
  if (claimed != bytes.size() - begin) {
    damaged_npy(path, fmt::format("its header claims {} bytes of data, {} are there", claimed, bytes.size() - begin));
  }
  at::Tensor array = at::empty(shape, type);
  if (claimed > 0) std::memcpy(array.data_ptr(), bytes.data() + begin, claimed);
  if (!fortran) return array;
  std::vector<int64_t> order(shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(order.size() - 1 - i);
  return array.permute(order).contiguous();
}

std::string encode_npy(const at::Tensor& array) {
  const at::Tensor stored = array.detach().cpu().contiguous();
  const auto type = std::find_if(kTypes.begin(), kTypes.end(),
                                 [&](const auto& entry) { return entry.second == stored.scalar_type(); });
  if (type == kTypes.end()) {
    fail<InvalidArgument>("npy: no way to write {}; float32, float64, int32, int64 and uint8 can be written.",
                          c10::toString(stored.scalar_type()));
  }
  std::string header = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': ({}{}), }}", type->first,
                                   fmt::join(stored.sizes(), ", "), stored.dim() == 1 ? "," : "");
  constexpr size_t kPrefix = kMagicSize + 4;  // magic, version, length of the header
  header.append((64 - (kPrefix + header.size() + 1) % 64) % 64, ' ').append("\n");
  std::string bytes = kMagic;
  bytes.append({'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)});
  return bytes.append(header).append(static_cast<const char*>(stored.data_ptr()), stored.nbytes());
}

}  // namespace reconcile
