#include "reconcile/data/office_folders.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/picture_list.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr std::array<const char*, 3> kParts = {"train", "val", "test"};

FoundFolder find_office(const OfficeFolders& data, const std::string& root) {
  FolderLayout layout{"domain folders", data.folders, {}};
  for (const auto& domain : data.domains) layout.holds.push_back(domain.folders);
  return find_folder({data.name, {layout}, data.advice}, data_roots(root));
}

/// The folder of a domain's class folders.
fs::path classes_folder(const fs::path& folder, const Domain& domain) {
  const fs::path found = find_one(folder, domain.folders);
  return fs::is_directory(found / "images") ? found / "images" : found;
}

/// The list of a part of a domain, or "" if there is none.
fs::path find_list(const OfficeFolders& data, const fs::path& folder, const Domain& domain, const std::string& part) {
  std::vector<std::string> names;
  for (const auto& where :
       {fmt::format("data_txt/{}/", data.lists), fmt::format("../data_txt/{}/", data.lists), std::string()}) {
    for (const auto& spelling : domain.folders) names.push_back(fmt::format("{}{}_{}.txt", where, spelling, part));
  }
  return data.lists.empty() ? fs::path() : find_one(folder, names);
}

/// The splits that lists give; nothing if there is no list at all.
std::optional<PictureSplits> read_lists(const OfficeFolders& data, const fs::path& folder, const Domain& domain) {
  std::array<fs::path, 3> lists;
  for (size_t p = 0; p < kParts.size(); ++p) lists[p] = find_list(data, folder, domain, kParts[p]);
  if (lists[0].empty() && lists[1].empty() && lists[2].empty()) return std::nullopt;
  PictureSplits splits;
  for (size_t p = 0; p < kParts.size(); ++p) {
    if (lists[p].empty()) {
      fail<DataError>("{}: lists of domain {} are there, but none is called {}_{}.txt. Add it, or remove the others.",
                      folder.string(), domain.name, domain.folders.front(), kParts[p]);
    }
    splits[p] = read_picture_list(lists[p], find_one(folder, domain.folders), data.num_classes);
  }
  return splits;
}

struct OfficeSplits {
  std::vector<PictureSplits> domains;
  bool listed = false;
};

/// Labels by sorted name mean something only if all domains have the same classes.
void require_same_classes(const OfficeFolders& data, const fs::path& folder) {
  const auto first = classes_folder(folder, data.domains.front());
  for (const auto& domain : data.domains) {
    const auto other = classes_folder(folder, domain);
    const auto ours = folders_in(first);
    const auto theirs = folders_in(other);
    const auto [a, b] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    if (a == ours.end() && b == theirs.end()) continue;
    fail<DataError>("{} has the class {} where {} has {}. All domains must have the same classes.", first.string(),
                    a == ours.end() ? "nothing" : *a, other.string(), b == theirs.end() ? "nothing" : *b);
  }
}

OfficeSplits read_splits(const OfficeFolders& data, const fs::path& folder, int64_t seed) {
  OfficeSplits result;
  for (const auto& domain : data.domains) {
    if (auto splits = read_lists(data, folder, domain)) result.domains.push_back(std::move(*splits));
  }
  result.listed = !result.domains.empty();
  if (result.listed && result.domains.size() != data.domains.size()) {
    fail<DataError>("{}: there are lists of {} of the {} domains. Add the others, or remove them.", folder.string(),
                    result.domains.size(), data.domains.size());
  }
  if (result.listed) return result;
  require_same_classes(data, folder);
  const Rng stream = Rng(static_cast<uint64_t>(seed)).fork("split");
  for (const auto& domain : data.domains) {
    result.domains.push_back(
        split_class_folders(classes_folder(folder, domain), data.num_classes, stream.fork(domain.name)));
  }
  return result;
}

/// Counts of each domain, and a CRC-32 of the names and labels in their order.
Json part_fingerprint(const OfficeFolders& data, const OfficeSplits& splits, size_t part) {
  Json result = Json::object();
  for (size_t d = 0; d < data.domains.size(); ++d) {
    std::string text;
    for (const auto& [path, label] : splits.domains[d][part]) {
      text += fmt::format("{}/{} {}\n", path.parent_path().filename().string(), path.filename().string(), label);
    }
    result[data.domains[d].name] = {{"samples", splits.domains[d][part].size()}, {"names", checksum(text)}};
  }
  return result;
}

std::shared_ptr<const Dataset> office_part(const DataSignature& data, const OfficeSplits& splits, size_t part) {
  std::vector<Column> inputs;
  std::vector<Column> targets;
  for (const auto& domain : splits.domains) {
    inputs.push_back(picture_column(domain[part], data.input_shape[1], data.input_shape[2]));
    targets.push_back(label_column(domain[part]));
  }
  return std::make_shared<SampleSet>(data.tasks, data.input_shape, std::move(inputs), std::move(targets),
                                     part == 0 ? WhenShorter::kRepeat : WhenShorter::kUnknown);
}

}  // namespace

OptionTable<OfficeOptions> office_options() {
  using O = OfficeOptions;
  return {option("root", &O::root, any(), kRootHelp),
          option("size", &O::size, at_least(1), "height and width that pictures are resized to"),
          option("seed", &O::seed, at_least(0), "seed of the split, where no lists give one")};
}

DataSignature signature_of(const OfficeFolders& data, const std::vector<int64_t>& size) {
  if (size.size() != 2) {
    fail<InvalidArgument>("dataset \"{}\": size = [{}], must be [height, width].", data.name, fmt::join(size, ", "));
  }
  DataSignature signature{{}, {3, size[0], size[1]}};
  for (const auto& domain : data.domains) {
    signature.tasks.push_back({domain.name, TaskKind::kClassification, data.num_classes});
  }
  return signature;
}

DataSplits load_office_folders(const OfficeFolders& data, const OfficeOptions& options) {
  const DataSignature signature = signature_of(data, options.size);
  const FoundFolder found = find_office(data, options.root);
  const OfficeSplits splits = read_splits(data, found.path, options.seed);
  DataSplits result;
  result.train = office_part(signature, splits, 0);
  result.validation = office_part(signature, splits, 1);
  result.test = office_part(signature, splits, 2);
  result.fingerprint = {{"source", data.name},
                        {"layout", found.layout.name},
                        {"split", splits.listed ? "lists" : fmt::format("seed {}", options.seed)},
                        {"size", options.size},
                        {"train", part_fingerprint(data, splits, 0)},
                        {"validation", part_fingerprint(data, splits, 1)},
                        {"test", part_fingerprint(data, splits, 2)}};
  return result;
}

DatasetEntry office_entry(EntryInfo info, const OfficeFolders& data) {
  return dataset_entry<OfficeOptions>(
      std::move(info), office_options(),
      [=](const OfficeOptions& options) { return load_office_folders(data, options); },
      [=](const OfficeOptions& options) { return signature_of(data, options.size); }, {},
      [=](const OfficeOptions& options) { return find_office(data, options.root).path; });
}

}  // namespace reconcile
