#include "reconcile/core/safetensors.h"

#include <ATen/ATen.h>

#include <cstring>

#include "reconcile/base/error.h"
#include "reconcile/base/options.h"

namespace reconcile {
namespace {

struct Type {
  const char* name;
  at::ScalarType type;
};
constexpr Type kTypes[] = {{"F32", at::kFloat}, {"F64", at::kDouble}, {"I64", at::kLong}, {"U8", at::kByte}};

at::ScalarType type_named(const std::string& name, const std::filesystem::path& path) {
  for (const auto& type : kTypes) {
    if (name == type.name) return type.type;
  }
  fail<DataError>("{}: type \"{}\" is not supported (F32, F64, I64, U8 are).", path.string(), name);
}

const char* name_of(at::ScalarType wanted) {
  for (const auto& [name, type] : kTypes) {
    if (type == wanted) return name;
  }
  fail<InvalidArgument>("safetensors: tensors must be float32, float64, int64 or uint8, not {}.",
                        c10::toString(wanted));
}

/// The tensor that a header entry describes; every size is checked before anything is allocated.
at::Tensor decode_one(const Json& entry, std::string_view data, const std::string& name,
                      const std::filesystem::path& path) {
  const auto type = type_named(entry.at("dtype").get<std::string>(), path);
  const auto shape = entry.at("shape").get<std::vector<int64_t>>();
  const auto offsets = entry.at("data_offsets").get<std::vector<uint64_t>>();
  uint64_t bytes = c10::elementSize(type);
  bool fits = offsets.size() == 2 && offsets[0] <= offsets[1] && offsets[1] <= data.size();
  for (const int64_t size : shape) {
    fits = fits && size >= 0 && !__builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes);
  }
  if (!fits || offsets[1] - offsets[0] != bytes) {
    fail<DataError>("{}: tensor \"{}\": shape [{}] and offsets [{}] do not fit into {} bytes of data.", path.string(),
                    name, fmt::join(shape, ", "), fmt::join(offsets, ", "), data.size());
  }
  at::Tensor tensor = at::empty(shape, type);
  if (bytes > 0) std::memcpy(tensor.data_ptr(), data.data() + offsets[0], bytes);
  return tensor;
}

}  // namespace

std::string encode_safetensors(const NamedTensors& tensors) {
  Json header = Json::object();
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    const size_t begin = data.size();
    data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    header[name] = {{"dtype", name_of(plain.scalar_type())},
                    {"shape", plain.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  std::string result(reinterpret_cast<const char*>(&length), sizeof length);
  return result + text + data;
}

NamedTensors decode_safetensors(const std::string& bytes, const std::filesystem::path& path) {
  uint64_t length = 0;
  if (bytes.size() >= sizeof length) std::memcpy(&length, bytes.data(), sizeof length);
  if (bytes.size() < sizeof length || length > bytes.size() - sizeof length) {
    fail<DataError>("{}: cut short: {} bytes, the header alone needs {}.", path.string(), bytes.size(), length);
  }
  const auto header = Json::parse(bytes.substr(sizeof length, length), nullptr, false);
  if (!header.is_object()) fail<DataError>("{}: the header is not a JSON object.", path.string());
  const std::string_view data = std::string_view(bytes).substr(sizeof length + length);
  NamedTensors result;
  try {
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") continue;
      result.emplace_back(name, decode_one(entry, data, name, path));
    }
  } catch (const Json::exception& error) {
    fail<DataError>("{}: the header has a broken entry: {}.", path.string(), error.what());
  }
  return result;
}

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
