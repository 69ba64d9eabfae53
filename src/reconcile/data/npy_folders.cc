#include "reconcile/data/npy_folders.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <charconv>
#include <mutex>
#include <numeric>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/data/npy_values.h"
#include "reconcile/data/sample_set.h"
#include "reconcile/files/npy.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

/// The i of the files <i>.npy, ascending; others are no samples.
std::vector<int64_t> numbers_in(const fs::path& folder) {
  std::vector<int64_t> numbers;
  for (const auto& name : files_in(folder)) {
    int64_t number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number >= 0 && name == fmt::format("{}.npy", number)) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// DataError unless `folder` holds 0.npy to <count - 1>.npy.
void require_numbers(const fs::path& folder, int64_t count) {
  const auto numbers = numbers_in(folder);
  std::vector<std::string> missing;
  for (int64_t i = 0; i < count; ++i) {
    if (!std::binary_search(numbers.begin(), numbers.end(), i)) missing.push_back(fmt::format("{}.npy", i));
  }
  if (missing.empty() && std::ssize(numbers) == count && count > 0) return;
  const auto shown = std::min<size_t>(missing.size(), 4);
  const std::string gap =
      fmt::format("{}{}", fmt::join(missing.begin(), missing.begin() + static_cast<int64_t>(shown), ", "),
                  shown < missing.size() ? ", ..." : "");
  fail<DataError>(
      "{}: expected 0.npy to {}.npy, one for each array in image; found {} of them, missing: {}. Unpack it again.",
      folder.string(), std::max<int64_t>(count - 1, 0), numbers.size(), gap.empty() ? "none" : gap);
}

/// Some arrays of one folder. The first so many files stay mapped: to map a file anew in each epoch costs as much as to
/// copy it, but a process may have 65530 mappings.
class ArrayFolder {
 public:
  ArrayFolder(fs::path folder, std::vector<int64_t> samples)
      : folder_(std::move(folder)), samples_(std::move(samples)), kept_(std::min(samples_.size(), kMostKept)) {}

  [[nodiscard]] int64_t size() const { return std::ssize(samples_); }
  [[nodiscard]] fs::path path(int64_t i) const { return folder_ / fmt::format("{}.npy", samples_[i]); }
  [[nodiscard]] at::Tensor read(int64_t i) { return read_npy(file(static_cast<size_t>(i)), path(i)); }

 private:
  static constexpr size_t kMostKept = 4096;

  std::shared_ptr<const MappedFile> file(size_t i) {
    if (i >= kept_.size()) return map_file(path(static_cast<int64_t>(i)));
    {
      const std::lock_guard lock(mutex_);
      if (kept_[i]) return kept_[i];
    }
    auto file = map_file(path(static_cast<int64_t>(i)));
    const std::lock_guard lock(mutex_);
    return kept_[i] = std::move(file);
  }

  fs::path folder_;
  std::vector<int64_t> samples_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const MappedFile>> kept_;
};

/// `convert` makes an array of the folder what a column gives.
template <class Convert>
Column column_of(const fs::path& path, const std::vector<int64_t>& samples, Convert convert) {
  const auto folder = std::make_shared<ArrayFolder>(path, samples);
  return {folder->size(), [=](int64_t i) { return convert(folder->read(i), folder->path(i)); },
          [=](int64_t i) { return folder->path(i).string(); }};
}

at::Tensor without_zero_sums(const at::Tensor& normals) { return normals * (normals.sum(0, /*keepdim=*/true) != 0); }

Column target_column(const fs::path& folder, const std::vector<int64_t>& samples, const Task& task,
                     const NpyFolders& data) {
  const bool zero_sums = task.kind == TaskKind::kNormals && data.zero_sum_is_unknown;
  return column_of(folder, samples, [=, size = data.size](const at::Tensor& array, const fs::path& path) {
    const at::Tensor target = npy_target(task, array, size, path);
    return zero_sums ? without_zero_sums(target) : target;
  });
}

std::shared_ptr<const Dataset> samples_of(const NpyFolders& data, const fs::path& part,
                                          const std::vector<int64_t>& samples) {
  const Column input = column_of(
      part / "image", samples,
      [size = data.size](const at::Tensor& array, const fs::path& path) { return npy_input(array, size, path); });
  std::vector<Column> targets;
  for (const auto& [task, folders] : data.tasks) {
    targets.push_back(target_column(find_one(part, folders), samples, task, data));
  }
  const DataSignature signature = signature_of(data);
  auto set = std::make_shared<SampleSet>(signature.tasks, signature.input_shape, std::vector{input}, std::move(targets),
                                         WhenShorter::kUnknown);
  if (!samples.empty()) (void)set->batch(std::vector<int64_t>{0});
  return set;
}

/// How many samples a part has, each with all its arrays.
int64_t count_samples(const NpyFolders& data, const fs::path& part) {
  const int64_t count = std::ssize(numbers_in(part / "image"));
  require_numbers(part / "image", count);
  for (const auto& task : data.tasks) require_numbers(find_one(part, task.folders), count);
  return count;
}

}  // namespace

NpyTask npy_task(std::string name, TaskKind kind, int64_t num_outputs, std::vector<std::string> folders) {
  return {{std::move(name), kind, num_outputs}, std::move(folders)};
}

std::vector<NpyTask> choose_tasks(const std::vector<NpyTask>& all, const std::vector<std::string>& names,
                                  const std::string& where) {
  std::vector<std::string> known;
  for (const auto& candidate : all) known.push_back(candidate.task.name);
  if (names.empty()) fail<InvalidArgument>("{} = [], give some of {}.", where, fmt::join(known, ", "));
  std::vector<NpyTask> chosen;
  for (const auto& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      fail<InvalidArgument>("{}: no task \"{}\".{} There are {}.", where, name, did_you_mean(name, known),
                            fmt::join(known, ", "));
    }
    if (std::count(names.begin(), names.end(), name) > 1) {
      fail<InvalidArgument>("{}: \"{}\" is there twice. Name it once.", where, name);
    }
    chosen.push_back(all[found - known.begin()]);
  }
  return chosen;
}

DataSignature signature_of(const NpyFolders& data) {
  if (data.size.size() != 2 || data.size[0] < 1 || data.size[1] < 1) {
    fail<InvalidArgument>("dataset \"{}\": size = [{}], must be [height, width].", data.name,
                          fmt::join(data.size, ", "));
  }
  DataSignature signature{{}, {3, data.size[0], data.size[1]}};
  for (const auto& task : data.tasks) signature.tasks.push_back(task.task);
  return signature;
}

FolderLayout npy_layout(std::string name, std::vector<fs::path> folders, const std::vector<std::string>& arrays) {
  FolderLayout layout{std::move(name), std::move(folders), {}};
  for (const char* part : {"train", "val"}) {
    for (const auto& array : arrays) layout.holds.push_back({fmt::format("{}/{}", part, array)});
  }
  return layout;
}

std::pair<std::vector<int64_t>, std::vector<int64_t>> choose_held_out(int64_t count, double share) {
  std::vector<int64_t> order = Rng(0).fork("validation").permutation(count);
  const auto middle = order.end() - std::llround(share * static_cast<double>(count));
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {{order.begin(), middle}, {middle, order.end()}};
}

DataSplits load_npy_folders(const NpyFolders& data, const FoundFolder& found) {
  const auto [train, validation] = choose_held_out(count_samples(data, found.path / "train"), data.validation_share);
  std::vector<int64_t> test(count_samples(data, found.path / "val"));
  std::iota(test.begin(), test.end(), 0);
  DataSplits splits;
  splits.train = samples_of(data, found.path / "train", train);
  splits.validation = samples_of(data, found.path / "train", validation);
  splits.test = samples_of(data, found.path / "val", test);
  splits.fingerprint = {{"source", data.name},   {"layout", found.layout.name},     {"size", data.size},
                        {"train", train.size()}, {"validation", validation.size()}, {"test", test.size()}};
  return splits;
}

}  // namespace reconcile
