#include "reconcile/data/pack.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/core/safetensors.h"
#include "reconcile/data/loader.h"
#include "reconcile/data/packed_file.h"

namespace reconcile {
namespace {

constexpr int64_t kPackBatch = 16;
constexpr int64_t kPackWorkers = 2;

/// One tensor of the file.
struct Slot {
  std::string name;
  std::vector<int64_t> shape;  ///< [N, ...]
  at::ScalarType type;
  uint64_t begin = 0;  ///< in the data
  uint64_t written = 0;
  std::string checksum = "00000000";

  [[nodiscard]] uint64_t bytes() const {
    return static_cast<uint64_t>(c10::multiply_integers(shape)) * at::elementSize(type);
  }
};

using Visit = std::function<void(const std::string& name, int64_t count, const at::Tensor& values)>;

void visit_samples(const Dataset& data, const std::string& part, const std::string& input, const Visit& visit) {
  const int64_t count = num_batches(data, kPackBatch);
  Loader loader(data, in_order(data, kPackBatch), 0, count, kPackWorkers);
  for (int64_t b = 0; b < count; ++b) {
    const Batch batch = loader.next();
    visit(input, data.size(), batch.inputs.of_task(0));
    for (size_t t = 0; t < batch.targets.size(); ++t) {
      visit(fmt::format("{}/target/{}", part, data.tasks()[t].name), data.size(), batch.targets[t]);
    }
  }
}

/// Calls `visit` with all tensors of all batches, those of one name in order. Tasks with inputs of their own are read
/// one by one, for they may differ in length.
void visit_all(const DataSplits& data, const Visit& visit) {
  const bool shared = data.train->batch(std::vector<int64_t>{0}).inputs.partition().is_shared();
  for (const auto& [part, set] :
       {std::pair("train", data.train), {"validation", data.validation}, {"test", data.test}}) {
    if (shared) {
      visit_samples(*set, part, fmt::format("{}/input", part), visit);
      continue;
    }
    for (int64_t t = 0; t < std::ssize(set->tasks()); ++t) {
      visit_samples(*set->only(t), part, fmt::format("{}/input/{}", part, set->tasks()[t].name), visit);
    }
  }
}

bool is_input(const std::string& name) { return name.find("/input") == name.find('/'); }

at::Tensor as_bytes(const at::Tensor& input) { return input.mul(255).round().clamp(0, 255).to(at::kByte); }

/// The narrowest type from which reading makes the same numbers again.
at::ScalarType narrowest(const std::string& name, const at::Tensor& values) {
  if (is_input(name)) {
    return as_bytes(values).to(at::kFloat).div_(255).equal(values) ? at::kByte : values.scalar_type();
  }
  for (const auto type : {at::kChar, at::kShort, at::kInt}) {
    if (values.to(type).to(values.scalar_type()).equal(values)) return type;
    if (values.is_floating_point()) break;
  }
  return values.scalar_type();
}

std::vector<Slot> choose_types(const DataSplits& data) {
  std::vector<Slot> slots;
  visit_all(data, [&](const std::string& name, int64_t count, const at::Tensor& values) {
    auto slot = std::find_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.name == name; });
    const auto type = narrowest(name, values);
    if (slot == slots.end()) {
      std::vector<int64_t> shape = values.sizes().vec();
      shape[0] = count;
      slots.push_back({name, std::move(shape), type});
    } else if (at::elementSize(type) > at::elementSize(slot->type)) {
      slot->type = type;
    }
  });
  // Wide types first: then each tensor begins at a multiple of its element size.
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot& a, const Slot& b) { return at::elementSize(a.type) > at::elementSize(b.type); });
  uint64_t end = 0;
  for (auto& slot : slots) {
    slot.begin = end;
    end += slot.bytes();
  }
  return slots;
}

/// The header with its length. It has the same length with any checksums.
std::string header_of(const DataSplits& data, const std::vector<Slot>& slots) {
  Json checksums = Json::object();
  Json header = {{"__metadata__", Json::object()}};
  for (const auto& slot : slots) {
    checksums[slot.name] = slot.checksum;
    header[slot.name] = {{"dtype", safetensors_type(slot.type)},
                         {"shape", slot.shape},
                         {"data_offsets", {slot.begin, slot.begin + slot.bytes()}}};
  }
  header["__metadata__"] = packed_metadata(data.train->tasks(), data.fingerprint, checksums);
  header["__metadata__"][kHeaderChecksum] = checksum(header.dump());
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text;
}

}  // namespace

uint64_t pack(const DataSplits& data, const std::filesystem::path& path) {
  std::vector<Slot> slots = choose_types(data);
  const uint64_t begin = header_of(data, slots).size();
  AtomicFile file(path);
  visit_all(data, [&](const std::string& name, int64_t /*count*/, const at::Tensor& values) {
    Slot& slot = *std::find_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.name == name; });
    const at::Tensor stored =
        (slot.type == at::kByte && is_input(name) ? as_bytes(values) : values.to(slot.type)).contiguous();
    if (at::elementSize(narrowest(name, values)) > at::elementSize(slot.type)) {
      fail<StateError>("{}: {} changed while it was packed. Pack it again.", path.string(), name);
    }
    const std::string_view bytes(static_cast<const char*>(stored.data_ptr()), stored.nbytes());
    file.write_at(begin + slot.begin + slot.written, bytes);
    slot.written += bytes.size();
    slot.checksum = checksum(bytes, slot.checksum);
  });
  file.write_at(0, header_of(data, slots));
  file.commit();
  return begin + slots.back().begin + slots.back().bytes();
}

}  // namespace reconcile
