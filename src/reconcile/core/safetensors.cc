#include "reconcile/core/safetensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/options.h"
#include "reconcile/core/tensor_of.h"

namespace reconcile {
namespace {

struct Type {
  const char* name;
  at::ScalarType type;
};
constexpr Type kTypes[] = {{"BOOL", at::kBool},  {"U8", at::kByte},         {"I8", at::kChar},
                           {"I16", at::kShort},  {"I32", at::kInt},         {"I64", at::kLong},
                           {"F16", at::kHalf},   {"BF16", at::kBFloat16},   {"F32", at::kFloat},
                           {"F64", at::kDouble}, {"C64", at::kComplexFloat}};
constexpr uint64_t kMaxHeader = 100'000'000;  // that of the format's own reader
constexpr size_t kMaxTensors = 1 << 15;       // every name is compared with those before it
constexpr int kMaxHeaderDepth = 8;
constexpr size_t kMaxTensorDims = 64;

at::ScalarType type_named(const std::string& type, const std::string& tensor, const std::filesystem::path& path) {
  std::vector<std::string> known;
  for (const auto& row : kTypes) {
    if (type == row.name) return row.type;
    known.emplace_back(row.name);
  }
  fail<DataError>("{}: tensor \"{}\": type \"{}\" is not supported ({} are).", path.string(), tensor, type,
                  fmt::join(known, ", "));
}

const char* name_of(at::ScalarType wanted) {
  for (const auto& [name, type] : kTypes) {
    if (type == wanted) return name;
  }
  fail<InvalidArgument>("safetensors: the format has no numbers of type {}.", c10::toString(wanted));
}

/// Where a tensor lies in the data.
struct Range {
  uint64_t begin, end;
};

/// Whole numbers that are not negative; nothing if one is anything else.
std::optional<std::vector<int64_t>> sizes_of(const Json& list) {
  std::vector<int64_t> sizes;
  for (const Json& size : list) {
    if (!size.is_number_unsigned() || size.get<uint64_t>() > INT64_MAX) return std::nullopt;
    sizes.push_back(size.get<int64_t>());
  }
  return list.is_array() ? std::optional(sizes) : std::nullopt;
}

/// The tensor that a header entry describes, and its place; every size is checked before anything is allocated.
std::pair<at::Tensor, Range> decode_one(const Json& entry, std::string_view data, const std::string& name,
                                        const std::filesystem::path& path, const std::shared_ptr<const void>& owner) {
  const auto type = type_named(entry.at("dtype").get<std::string>(), name, path);
  const auto shape = sizes_of(entry.at("shape"));
  const auto offsets = sizes_of(entry.at("data_offsets"));
  int64_t bytes = static_cast<int64_t>(c10::elementSize(type));
  bool fits = shape && shape->size() <= kMaxTensorDims && offsets && offsets->size() == 2 &&
              offsets->at(0) <= offsets->at(1) && static_cast<uint64_t>(offsets->at(1)) <= data.size();
  bool is_empty = false;
  for (size_t d = 0; fits && d < shape->size(); ++d) {
    is_empty |= shape->at(d) == 0;
    fits = !__builtin_mul_overflow(bytes, std::max<int64_t>(shape->at(d), 1), &bytes);
  }
  if (is_empty) bytes = 0;
  if (!fits || offsets->at(1) - offsets->at(0) != bytes) {
    fail<DataError>("{}: tensor \"{}\": shape {} and offsets {} do not fit into {} bytes of data.", path.string(), name,
                    entry.at("shape").dump(), entry.at("data_offsets").dump(), data.size());
  }
  const Range range{static_cast<uint64_t>(offsets->at(0)), static_cast<uint64_t>(offsets->at(1))};
  const at::Tensor tensor = tensor_of(data.substr(range.begin, static_cast<size_t>(bytes)), *shape,
                                      type == at::kBool ? at::kByte : type, owner);
  return {type == at::kBool ? tensor.ne(0) : tensor, range};
}

/// The header's object; names that come twice are refused, which a plain parse would not see, and so is what would take
/// too long or too much of the stack.
Json parse_header(std::string_view text, const std::filesystem::path& path) {
  std::set<std::string> names;
  std::string twice;
  bool is_deep = false;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 && !names.insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    is_deep |= depth > kMaxHeaderDepth;
    return !is_deep && names.size() <= kMaxTensors;
  };
  Json header = text.starts_with('{') ? Json::parse(text, look, false) : Json();
  if (is_deep) fail<DataError>("{}: the header is nested more than {} deep.", path.string(), kMaxHeaderDepth);
  if (names.size() > kMaxTensors) fail<DataError>("{}: the header has more than {} names.", path.string(), kMaxTensors);
  if (!header.is_object()) fail<DataError>("{}: the header is not a JSON object.", path.string());
  if (!twice.empty()) fail<DataError>("{}: the header has \"{}\" twice.", path.string(), twice);
  return header;
}

/// Refuses gaps and overlaps: the ranges must follow each other from 0 to `size`.
void check_cover(std::vector<Range> ranges, uint64_t size, const std::filesystem::path& path) {
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  uint64_t end = 0;
  ranges.push_back({size, size});
  for (const Range& range : ranges) {
    if (range.begin != end) {
      fail<DataError>("{}: the tensors {} between bytes {} and {} of the data.", path.string(),
                      range.begin > end ? "leave a gap" : "overlap", std::min(end, range.begin),
                      std::max(end, range.begin));
    }
    end = range.end;
  }
}

/// Refuses a checksum in the metadata that is not that of the rest of the header and the data.
void check_sum(const Json& header, const Json& metadata, std::string_view data, const std::filesystem::path& path) {
  if (!metadata.is_object() || !metadata.contains("crc32")) return;
  const std::string found = checksum(data, checksum(header.dump()));
  if (metadata.at("crc32") == found) return;
  fail<DataError>("{}: the CRC-32 is {}, its metadata says {}: the file was damaged. Restore it, or write it again.",
                  path.string(), found, metadata.at("crc32").dump());
}

}  // namespace

std::string encode_safetensors(const NamedTensors& tensors) {
  Json header = Json::object();
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    const size_t begin = data.size();
    if (header.contains(name)) fail<InvalidArgument>("safetensors: there are two tensors \"{}\".", name);
    data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    header[name] = {{"dtype", name_of(plain.scalar_type())},
                    {"shape", plain.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  header["__metadata__"] = {{"crc32", checksum(data, checksum(header.dump()))}};
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  std::string result(reinterpret_cast<const char*>(&length), sizeof length);
  return result + text + data;
}

NamedTensors decode_safetensors(std::string_view bytes, const std::filesystem::path& path,
                                const std::shared_ptr<const void>& owner) {
  uint64_t length = 0;
  if (bytes.size() >= sizeof length) std::memcpy(&length, bytes.data(), sizeof length);
  if (bytes.size() < sizeof length || length > std::min(kMaxHeader, bytes.size() - sizeof length)) {
    fail<DataError>("{}: cut short: {} bytes, the header alone needs {}.", path.string(), bytes.size(), length);
  }
  Json header = parse_header(bytes.substr(sizeof length, length), path);
  const std::string_view data = bytes.substr(sizeof length + length);
  const Json metadata = header.value("__metadata__", Json::object());
  header.erase("__metadata__");
  NamedTensors result;
  std::vector<Range> ranges;
  try {
    for (const auto& [name, entry] : header.items()) {
      const auto [tensor, range] = decode_one(entry, data, name, path, owner);
      result.emplace_back(name, tensor);
      ranges.push_back(range);
    }
  } catch (const Json::exception& error) {
    fail<DataError>("{}: the header has a broken entry: {}.", path.string(), error.what());
  }
  check_cover(std::move(ranges), data.size(), path);
  check_sum(header, metadata, data, path);
  return result;
}

std::string safetensors_type(at::ScalarType type) { return name_of(type); }

void copy_tensors(const NamedTensors& stored, const NamedTensors& own, const std::string& what) {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < std::max(own.size(), stored.size()); ++i) {
    if (i >= stored.size() || i >= own.size() || own[i].first != stored[i].first ||
        own[i].second.sizes() != stored[i].second.sizes()) {
      fail<StateError>("{}: the checkpoint does not fit at \"{}\". Resume with what it was made with.", what,
                       i < own.size() ? own[i].first : stored[i].first);
    }
    at::Tensor(own[i].second).copy_(stored[i].second);
  }
}

}  // namespace reconcile
