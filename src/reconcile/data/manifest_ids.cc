#include "reconcile/data/manifest_ids.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/paths.h"
#include "reconcile/base/rng.h"
#include "reconcile/base/text.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kId = "{id}";

using Ids = std::vector<std::string>;

std::string filled(std::string pattern, const std::string& id) {
  for (size_t at = pattern.find(kId); at != std::string::npos; at = pattern.find(kId, at + id.size())) {
    pattern.replace(at, kId.size(), id);
  }
  return pattern;
}

/// Reads the ids of a list; `seen` holds where each was found before.
Ids read_list(const fs::path& path, std::unordered_map<std::string, std::string>& seen) {
  Ids ids;
  int64_t line = 0;
  for (const auto& text : split(read_file(path), '\n')) {
    ++line;
    if (text.empty()) continue;
    const std::string place = fmt::format("{}:{}", path.string(), line);
    if (!stays_inside(text)) {
      fail<DataError>("{}: the id \"{}\" would lead out of the data's folder. Is the list from a source you trust?",
                      place, text);
    }
    const auto [before, is_new] = seen.try_emplace(text, place);
    if (!is_new) {
      fail<DataError>("{}: \"{}\" stands in {} too. A sample may be in one place only.", place, text, before->second);
    }
    ids.push_back(text);
  }
  return ids;
}

/// Takes up to `count` of the ids away, chosen by chance; both keep their order.
Ids take(Ids& ids, int64_t count, Rng rng) {
  const auto order = rng.permutation(std::ssize(ids));
  std::vector<bool> is_taken(ids.size());
  for (int64_t i = 0; i < std::min(count, std::ssize(order)); ++i) is_taken[order[i]] = true;
  Ids taken;
  Ids rest;
  for (size_t i = 0; i < ids.size(); ++i) (is_taken[i] ? taken : rest).push_back(std::move(ids[i]));
  ids = std::move(rest);
  return taken;
}

/// The number of samples in a share, at least one, and one less than all at most.
int64_t share_of(double part, double whole, const Ids& ids) {
  const auto wanted = std::llround(static_cast<double>(ids.size()) * part / whole);
  return std::clamp<int64_t>(wanted, 1, std::max<int64_t>(std::ssize(ids) - 1, 1));
}

}  // namespace

fs::path sample_path(const fs::path& root, const std::string& pattern, const std::string& id) {
  return root / filled(pattern, id);
}

Ids find_ids(const fs::path& root, const std::string& pattern) {
  const size_t at = pattern.find(kId);
  const size_t name_begin = pattern.rfind('/', at) + 1;  // 0 if there is none
  const std::string before = pattern.substr(name_begin, at - name_begin);
  const std::string rest = pattern.substr(at + kId.size());
  const std::string after = rest.substr(0, rest.find('/'));
  const fs::path folder = root / pattern.substr(0, name_begin);
  std::error_code error;
  Ids ids;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool fits = name.size() > before.size() + after.size() && name.starts_with(before) && name.ends_with(after);
    if (!fits) continue;
    const std::string id = name.substr(before.size(), name.size() - before.size() - after.size());
    if (fs::is_regular_file(sample_path(root, pattern, id))) ids.push_back(id);
  }
  if (error) fail<DataError>("{}: cannot look for {} there: {}.", folder.string(), pattern, error.message());
  if (ids.empty()) fail<DataError>("{}: no file is called {}.", folder.string(), pattern.substr(name_begin));
  std::sort(ids.begin(), ids.end());
  return ids;
}

PartIds divide_ids(const fs::path& root, const ManifestSplit& split, const std::function<Ids()>& all) {
  PartIds parts;
  std::unordered_map<std::string, std::string> seen;
  const auto list = [&](const std::string& name) { return name.empty() ? Ids{} : read_list(root / name, seen); };
  const Rng rng = Rng(static_cast<uint64_t>(split.seed)).fork("split");
  const auto& shares = split.shares;
  parts.train = split.train.empty() ? all() : list(split.train);
  parts.validation = list(split.validation);
  parts.test = list(split.test);
  if (split.train.empty()) {
    parts.test = take(parts.train, share_of(shares[2], shares[0] + shares[1] + shares[2], parts.train), rng.fork(0));
  }
  if (split.validation.empty() && !parts.train.empty()) {
    parts.validation = take(parts.train, share_of(shares[1], shares[0] + shares[1], parts.train), rng.fork(1));
  }
  if (parts.train.empty() || parts.validation.empty() || parts.test.empty()) {
    fail<DataError>("{}: {} samples for training, {} for validation and {} for the test: each part needs one.",
                    root.string(), parts.train.size(), parts.validation.size(), parts.test.size());
  }
  return parts;
}

}  // namespace reconcile
