#include "reconcile/core/torch_tensors.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

using Kind = PickleValue::Kind;
using Values = std::vector<const PickleValue*>;

constexpr TorchType kStorageTypes[] = {{"torch.FloatStorage", at::kFloat}, {"torch.DoubleStorage", at::kDouble},
                                       {"torch.HalfStorage", at::kHalf},   {"torch.BFloat16Storage", at::kBFloat16},
                                       {"torch.LongStorage", at::kLong},   {"torch.IntStorage", at::kInt},
                                       {"torch.ShortStorage", at::kShort}, {"torch.CharStorage", at::kChar},
                                       {"torch.ByteStorage", at::kByte},   {"torch.BoolStorage", at::kBool}};
constexpr const char* kTensor = "torch._utils._rebuild_tensor_v2";
constexpr const char* kOldTensor = "torch._utils._rebuild_tensor";
constexpr const char* kParameter = "torch._utils._rebuild_parameter";

constexpr int kMaxDepth = 64;
constexpr size_t kMaxEntries = size_t{1} << 20;  // of all dictionaries; one that contains another twice counts it twice
constexpr size_t kMaxName = 4096;
constexpr size_t kMaxNames = size_t{1} << 26;  // bytes of all names
constexpr size_t kMaxDims = 64;

[[noreturn]] void damaged(const std::filesystem::path& path, const std::string& what) {
  fail<DataError>("{}: damaged: {}. Fetch or save it again.", path.string(), what);
}

const TorchType* type_named(const std::string& storage) {
  for (const auto& type : kStorageTypes) {
    if (storage == type.storage) return &type;
  }
  return nullptr;
}

bool is_tensor(const PickleValue& value) {
  return value.kind == Kind::kCall && (value.text == kTensor || value.text == kOldTensor || value.text == kParameter);
}

/// Elements from the storage's begin to the last one of the view; nothing if that overflows, or for negative numbers.
std::optional<int64_t> extent_of(const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides,
                                 int64_t offset) {
  int64_t numel = 8;  // in bytes of the largest type
  int64_t last = offset;
  bool fits = offset >= 0;
  for (size_t d = 0; d < sizes.size() && fits; ++d) {
    int64_t reach = 0;
    fits = sizes[d] >= 0 && strides[d] >= 0 && !__builtin_mul_overflow(numel, std::max<int64_t>(sizes[d], 1), &numel) &&
           !__builtin_mul_overflow(std::max<int64_t>(sizes[d] - 1, 0), strides[d], &reach) &&
           !__builtin_add_overflow(last, reach, &last);
  }
  if (!fits || last == INT64_MAX) return std::nullopt;
  const bool is_empty = std::find(sizes.begin(), sizes.end(), 0) != sizes.end();
  return is_empty ? offset : last + 1;
}

class Collector {
 public:
  Collector(size_t file_bytes, const std::filesystem::path& path, const ReadStorage& read)
      : bytes_left_(static_cast<int64_t>(file_bytes)), path_(path), read_(read) {}

  void collect(const PickleValue& dict, const std::string& prefix, int depth) {
    if (depth > kMaxDepth) damaged(path_, fmt::format("its dictionaries are nested more than {} deep", kMaxDepth));
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      if (++num_entries_ > kMaxEntries) damaged(path_, fmt::format("it has more than {} entries", kMaxEntries));
      const PickleValue& key = *dict.items[i];
      const PickleValue& value = *dict.items[i + 1];
      if (key.kind != Kind::kText || (value.kind != Kind::kDict && !is_tensor(value))) continue;
      if (prefix.size() + key.text.size() > kMaxName) {
        damaged(path_, fmt::format("a name has more than {} bytes", kMaxName));
      }
      if (value.kind == Kind::kDict) {
        collect(value, prefix + key.text + ".", depth + 1);
      } else {
        add(prefix + key.text, value);
      }
    }
  }

  NamedTensors take() { return std::move(tensors_); }

 private:
  void add(const std::string& name, const PickleValue& value) {
    name_bytes_ += name.size();
    if (name_bytes_ > kMaxNames) damaged(path_, fmt::format("its names have more than {} bytes", kMaxNames));
    if (!names_.insert(name).second) damaged(path_, fmt::format("it has two tensors \"{}\"", name));
    const bool is_parameter = value.text == kParameter;
    const Values& arguments = value.items.front()->items;
    if (is_parameter && (arguments.empty() || !is_tensor(*arguments[0]) || arguments[0]->text == kParameter)) {
      damaged(path_, fmt::format("parameter \"{}\" has no tensor", name));
    }
    tensors_.emplace_back(name, view(name, is_parameter ? arguments[0]->items.front()->items : arguments));
  }

  /// The tensor of (storage, offset, sizes, strides, ...).
  at::Tensor view(const std::string& name, const Values& arguments) {
    if (arguments.size() < 4 || arguments[1]->kind != Kind::kInt) {
      damaged(path_, fmt::format("tensor \"{}\" is not described", name));
    }
    const TorchStorage storage = parse_storage(*arguments[0], path_);
    const int64_t offset = arguments[1]->number;
    const auto sizes = numbers(name, *arguments[2]);
    const auto strides = numbers(name, *arguments[3]);
    const auto extent = sizes.size() == strides.size() ? extent_of(sizes, strides, offset) : std::nullopt;
    if (!extent || *extent > storage.numel) {
      damaged(path_, fmt::format("tensor \"{}\" of shape [{}], strides [{}] and offset {} does not fit into its "
                                 "storage of {} numbers",
                                 name, fmt::join(sizes, ", "), fmt::join(strides, ", "), offset, storage.numel));
    }
    return load(storage).as_strided(sizes, strides, offset);
  }

  std::vector<int64_t> numbers(const std::string& name, const PickleValue& value) {
    std::vector<int64_t> result;
    bool good = value.kind == Kind::kSequence && value.items.size() <= kMaxDims;
    for (size_t i = 0; good && i < value.items.size(); ++i) {
      good = value.items[i]->kind == Kind::kInt;
      result.push_back(value.items[i]->number);
    }
    if (!good) damaged(path_, fmt::format("the shape of tensor \"{}\" is no list of numbers", name));
    return result;
  }

  /// The whole storage as a vector, read once.
  const at::Tensor& load(const TorchStorage& storage) {
    at::Tensor& loaded = storages_[storage.key];
    if (loaded.defined()) {
      if (loaded.scalar_type() == storage.type && loaded.numel() == storage.numel) return loaded;
      damaged(path_, fmt::format("storage \"{}\" has two types or sizes", storage.key));
    }
    if (storage.bytes() > bytes_left_) {
      damaged(path_,
              fmt::format("storage \"{}\" claims {} bytes, more than the file has", storage.key, storage.bytes()));
    }
    bytes_left_ -= storage.bytes();
    const bool is_bool = storage.type == at::kBool;
    at::Tensor data = at::empty({storage.numel}, is_bool ? at::kByte : storage.type);
    read_(storage, {static_cast<char*>(data.data_ptr()), static_cast<size_t>(storage.bytes())});
    return loaded = is_bool ? data.ne(0) : data;
  }

  int64_t bytes_left_;
  const std::filesystem::path& path_;
  const ReadStorage& read_;
  size_t num_entries_ = 0;
  size_t name_bytes_ = 0;
  std::set<std::string> names_;
  std::map<std::string, at::Tensor> storages_;
  NamedTensors tensors_;
};

}  // namespace

std::span<const TorchType> torch_types() { return kStorageTypes; }

std::vector<std::string> torch_globals() {
  std::vector<std::string> names = {
      "collections.OrderedDict", kTensor, kOldTensor, kParameter, "torch.Size", "torch.device"};
  for (const auto& type : kStorageTypes) names.emplace_back(type.storage);
  return names;
}

TorchStorage parse_storage(const PickleValue& id, const std::filesystem::path& path) {
  const Values none;
  const Values& items = id.kind == Kind::kPersistent ? id.items.front()->items : none;
  const TorchType* type = items.size() < 5 ? nullptr : type_named(items[1]->text);
  if (type == nullptr || items[0]->text != "storage" || items[2]->kind != Kind::kText || items[4]->kind != Kind::kInt ||
      items[4]->number < 0 || items[4]->number > INT64_MAX / 16) {
    damaged(path, "a tensor has no storage");
  }
  if (items.size() > 5 && items[5]->kind != Kind::kOther) {
    fail<DataError>("{}: has views of storages, as PyTorch wrote before 0.4. Load and save it with a newer PyTorch.",
                    path.string());
  }
  return {items[2]->text, type->type, items[4]->number};
}

NamedTensors collect_tensors(const PickleValue& root, size_t file_bytes, const std::filesystem::path& path,
                             const ReadStorage& read) {
  if (root.kind != Kind::kDict) {
    fail<DataError>("{}: holds no dictionary of tensors. In Python: torch.save(model.state_dict(), path).",
                    path.string());
  }
  Collector collector(file_bytes, path, read);
  collector.collect(root, "", 1);
  return collector.take();
}

}  // namespace reconcile
