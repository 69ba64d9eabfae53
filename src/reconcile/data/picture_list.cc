#include "reconcile/data/picture_list.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/paths.h"
#include "reconcile/base/text.h"
#include "reconcile/data/folder_layout.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/resize.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

bool is_picture_name(const std::string& name) {
  std::string ending = fs::path(name).extension().string();
  for (char& letter : ending) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return !name.starts_with('.') && (ending == ".jpg" || ending == ".jpeg" || ending == ".png");
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& name : files_in(folder)) {
    if (is_picture_name(name)) paths.push_back(folder / name);
  }
  if (paths.empty()) {
    fail<DataError>("{}: expected JPEG or PNG pictures of one class, found {}.", folder.string(), contents(folder));
  }
  return paths;
}

/// The label behind the last blank of a line; nothing if it is no number of a class.
std::optional<int64_t> label_in(std::string_view line, int64_t num_classes) {
  const std::string_view digits = line.substr(line.find_last_of(" \t") + 1);
  int64_t label = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), label);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && label >= 0 && label < num_classes ? std::optional(label) : std::nullopt;
}

}  // namespace

PictureSplits split_class_folders(const fs::path& folder, int64_t num_classes, const Rng& stream) {
  const auto classes = folders_in(folder);
  if (std::ssize(classes) != num_classes) {
    fail<DataError>("{}: expected {} folders, one a class, found {}: {}.", folder.string(), num_classes, classes.size(),
                    contents(folder));
  }
  PictureSplits splits;
  for (int64_t label = 0; label < num_classes; ++label) {
    const auto paths = pictures_in(folder / classes[label]);
    const int64_t count = std::ssize(paths);
    const auto order = stream.fork(classes[label]).permutation(count);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t part = 5 * i < 3 * count ? 0 : 5 * i < 4 * count ? 1 : 2;
      splits[part].push_back({paths[order[i]], label});
    }
  }
  return splits;
}

PictureList read_picture_list(const fs::path& list, const fs::path& folder, int64_t num_classes) {
  PictureList pictures;
  int64_t number = 0;
  for (const auto& line : split(read_file(list), '\n')) {
    ++number;
    if (line.empty()) continue;
    const auto label = label_in(line, num_classes);
    const auto slash = line.find('/');
    const auto blank = line.find_last_of(" \t");
    if (!label || slash == std::string::npos || blank == std::string::npos || blank < slash) {
      fail<DataError>(
          "{}:{}: \"{}\", must be a path below the domain's folder and a class 0 ... {}, as in \"{}/a.jpg 0\".",
          list.string(), number, line, num_classes - 1, folder.filename().string());
    }
    const std::string below(trim(std::string_view(line).substr(slash + 1, blank - slash - 1)));
    if (!stays_inside(below)) {
      fail<DataError>("{}:{}: \"{}\" lies outside the domain's folder. Is the list from a source you trust?",
                      list.string(), number, line);
    }
    std::error_code ignored;
    if (!fs::is_regular_file(folder / below, ignored)) {
      fail<DataError>("{}:{}: names {}, which is not there. Does the list belong to another copy of the data?",
                      list.string(), number, (folder / below).string());
    }
    pictures.push_back({folder / below, *label});
  }
  if (pictures.empty()) fail<DataError>("{}: names no picture.", list.string());
  return pictures;
}

Column picture_column(const PictureList& pictures, int64_t height, int64_t width) {
  const auto list = std::make_shared<const PictureList>(pictures);
  return {std::ssize(pictures),
          [=](int64_t i) {
            const at::Tensor picture = resize_picture(read_picture((*list)[i].path), height, width);
            return picture.expand({3, height, width});
          },
          [list](int64_t i) { return (*list)[i].path.string(); }};
}

Column label_column(const PictureList& pictures) {
  const auto list = std::make_shared<const PictureList>(pictures);
  return {std::ssize(pictures), [list](int64_t i) { return at::scalar_tensor((*list)[i].label, at::kLong); },
          [list](int64_t i) { return (*list)[i].path.string(); }};
}

}  // namespace reconcile
