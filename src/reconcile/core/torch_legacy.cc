#include <ATen/core/Tensor.h>

#include <cstring>
#include <map>

#include "reconcile/base/error.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/core/torch_tensors.h"

namespace reconcile {
namespace {

constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr int64_t kProtocol = 1001;

using StorageBytes = std::map<std::string, std::string_view>;

/// Bytes of one number of each storage that the pickles mention.
std::map<std::string, size_t> element_sizes(const PickleReader& reader, const std::filesystem::path& path) {
  std::map<std::string, size_t> sizes;
  for (const PickleValue& value : reader.values()) {
    if (value.kind != PickleValue::Kind::kPersistent) continue;
    const TorchStorage storage = parse_storage(value, path);
    sizes[storage.key] = c10::elementSize(storage.type);
  }
  return sizes;
}

/// Where the storages lie in `data`: for each key a count of 8 bytes, then the numbers.
StorageBytes locate(const PickleValue& keys, std::string_view data, const std::map<std::string, size_t>& element_sizes,
                    const std::filesystem::path& path) {
  StorageBytes found;
  for (const PickleValue* key : keys.items) {
    const auto element = element_sizes.find(key->text);
    uint64_t bytes = 0;
    if (data.size() >= sizeof bytes) std::memcpy(&bytes, data.data(), sizeof bytes);
    if (element == element_sizes.end() || data.size() < sizeof bytes ||
        __builtin_mul_overflow(bytes, element->second, &bytes) || bytes > data.size() - sizeof bytes) {
      fail<DataError>("{}: cut short or damaged: storage \"{}\" is not there. Fetch or save it again.", path.string(),
                      key->text);
    }
    found[key->text] = data.substr(sizeof bytes, bytes);
    data.remove_prefix(sizeof bytes + bytes);
  }
  return found;
}

void copy_storage(const StorageBytes& found, const TorchStorage& storage, std::span<char> out,
                  const std::filesystem::path& path) {
  const auto bytes = found.find(storage.key);
  if (bytes == found.end() || bytes->second.size() != out.size()) {
    fail<DataError>("{}: storage \"{}\" has {} bytes, its tensors need {}. Fetch or save it again.", path.string(),
                    storage.key, bytes == found.end() ? 0 : bytes->second.size(), out.size());
  }
  if (!out.empty()) std::memcpy(out.data(), bytes->second.data(), out.size());
}

}  // namespace

NamedTensors decode_torch_legacy(std::string_view bytes, const std::filesystem::path& path) {
  PickleReader reader(bytes, torch_globals(), path, kTorchAdvice);
  if (reader.next().text != kMagic || reader.next().number != kProtocol) {
    fail<DataError>("{}: a pickle, but not of torch.save. In Python: torch.save(model.state_dict(), path).",
                    path.string());
  }
  reader.next();  // sizes of C types on the machine that wrote it
  const PickleValue& root = reader.next();
  const PickleValue& keys = reader.next();
  const StorageBytes found = locate(keys, reader.rest(), element_sizes(reader, path), path);
  return collect_tensors(root, bytes.size(), path, [&](const TorchStorage& storage, std::span<char> out) {
    copy_storage(found, storage, out, path);
  });
}

}  // namespace reconcile
