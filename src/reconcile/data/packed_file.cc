#include "reconcile/data/packed_file.h"

#include <ATen/ATen.h>

#include <cstring>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/sample_set.h"
#include "reconcile/data/task_list.h"
#include "reconcile/files/mapped_file.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPackedFormat = "reconcile-packed-1";

/// The JSON header and, read from it, the tasks.
struct Header {
  Json entries;
  TaskSet tasks;
  Json checksums;
  Json source;

  /// Whether all tasks have the same inputs.
  [[nodiscard]] bool is_shared() const { return entries.contains("train/input"); }
  /// Name of the input of a task, behind that of a part.
  [[nodiscard]] std::string input(size_t task) const {
    return is_shared() ? "/input" : fmt::format("/input/{}", tasks[task].name);
  }
};

Header parse_header_of(std::string_view bytes, const fs::path& path) {
  uint64_t length = 0;
  if (bytes.size() >= sizeof length) std::memcpy(&length, bytes.data(), sizeof length);
  if (bytes.size() < sizeof length || length > bytes.size() - sizeof length) {
    fail<DataError>("{}: no packed data, or cut short. `reconcile data pack` writes such files.", path.string());
  }
  Header header;
  try {
    header.entries = parse_json(bytes.substr(sizeof length, length), "its header");
    Json& metadata = header.entries.at("__metadata__");
    if (metadata.at("format") != kPackedFormat) throw std::runtime_error("it has another format");
    const Json stated = metadata.value(kHeaderChecksum, Json());
    metadata.erase(kHeaderChecksum);
    if (!stated.is_null() && stated != checksum(header.entries.dump()))
      throw std::runtime_error("its header is damaged");
    const auto texts = parse_json(metadata.at("tasks").get<std::string>(), "its tasks").get<std::vector<std::string>>();
    header.tasks = parse_tasks(texts, path.string());
    header.checksums = parse_json(metadata.at("checksums").get<std::string>(), "its checksums");
    header.source = parse_json(metadata.at("source").get<std::string>(), "its source");
  } catch (const std::exception& error) {
    fail<DataError>("{}: no packed data: {}. `reconcile data pack` writes such files.", path.string(), error.what());
  }
  return header;
}

/// All tensors of the file by their names.
class PackedTensors {
 public:
  explicit PackedTensors(const fs::path& path) : path_(path) {
    for (auto& [name, tensor] : map_safetensors(path)) tensors_[name] = tensor;
  }
  [[nodiscard]] const at::Tensor& at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) fail<DataError>("{}: has no \"{}\". Pack it again.", path_.string(), name);
    return found->second;
  }
  /// The tensor of a part; of a part that had no samples, the beginning of that of the training.
  [[nodiscard]] at::Tensor of_part(const std::string& part, const std::string& name) const {
    const bool is_empty = std::none_of(tensors_.begin(), tensors_.end(),
                                       [&](const auto& entry) { return entry.first.starts_with(part + "/"); });
    return is_empty ? at("train" + name).narrow(0, 0, 0) : at(part + name);
  }
  void verify(const Json& checksums) const {
    for (const auto& [name, tensor] : tensors_) {
      const std::string found = checksum({static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()});
      if (checksums.value(name, "") == found) continue;
      fail<DataError>("{}: \"{}\" has the checksum {}, when packed it was {}. Pack it again.", path_.string(), name,
                      found, checksums.value(name, "none"));
    }
  }

 private:
  fs::path path_;
  std::map<std::string, at::Tensor> tensors_;
};

Column mapped_column(const at::Tensor& values, const std::string& place) {
  return {values.size(0), [values](int64_t i) { return values[i]; },
          [place](int64_t i) { return fmt::format("{}: sample {}", place, i); }};
}

std::shared_ptr<const Dataset> open_part(const Header& header, const PackedTensors& tensors, const std::string& part,
                                         const fs::path& path) {
  std::vector<at::Tensor> inputs;
  std::vector<at::Tensor> targets;
  std::vector<Column> input_columns;
  std::vector<Column> target_columns;
  for (size_t t = 0; t < header.tasks.size(); ++t) {
    const std::string target = fmt::format("/target/{}", header.tasks[t].name);
    inputs.push_back(tensors.of_part(part, header.input(t)));
    targets.push_back(tensors.of_part(part, target));
    input_columns.push_back(
        mapped_column(inputs.back(), fmt::format("{}: {}{}", path.string(), part, header.input(t))));
    target_columns.push_back(mapped_column(targets.back(), fmt::format("{}: {}{}", path.string(), part, target)));
  }
  if (header.is_shared()) return std::make_shared<ImageSet>(header.tasks, inputs.front(), targets);
  const auto when = part == "train" ? WhenShorter::kRepeat : WhenShorter::kUnknown;
  const auto shape = inputs.front().sizes().slice(1).vec();
  return std::make_shared<SampleSet>(header.tasks, shape, input_columns, target_columns, when);
}

}  // namespace

Json packed_metadata(const TaskSet& tasks, const Json& source, const Json& checksums) {
  std::vector<std::string> texts;
  for (const auto& [name, kind, num_outputs] : tasks) {
    texts.push_back(fmt::format("{}: {}({})", name, kind_name(kind), num_outputs));
  }
  return {{"format", kPackedFormat},
          {"tasks", Json(texts).dump()},
          {"source", source.dump()},
          {"checksums", checksums.dump()}};
}

DataSignature packed_signature(const fs::path& path) {
  const Header header = parse_header_of(map_file(path)->bytes(), path);
  try {
    auto shape = header.entries.at("train" + header.input(0)).at("shape").get<std::vector<int64_t>>();
    if (shape.size() == 4) return {header.tasks, {shape.begin() + 1, shape.end()}};
  } catch (const Json::exception&) {  // said below
  }
  fail<DataError>("{}: has no inputs [N, C, H, W]. Pack it again.", path.string());
}

DataSplits load_packed(const fs::path& path, bool verify) {
  const Header header = parse_header_of(map_file(path)->bytes(), path);
  const PackedTensors tensors(path);
  if (verify) tensors.verify(header.checksums);
  try {
    return {open_part(header, tensors, "train", path),
            open_part(header, tensors, "validation", path),
            open_part(header, tensors, "test", path),
            {{"packed", header.checksums}, {"source", header.source}}};
  } catch (const InvalidArgument& error) {
    fail<DataError>("{}: {} Pack it again.", path.string(), error.what());
  }
}

}  // namespace reconcile
