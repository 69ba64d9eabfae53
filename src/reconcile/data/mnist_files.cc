#include "reconcile/data/mnist_files.h"

#include <fmt/ranges.h>

#include <cstdlib>
#include <system_error>

#include "reconcile/base/error.h"
#include "reconcile/files/idx.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kSide = 28;

/// What a folder holds, for messages: "no such folder", "nothing", or some of the names in it.
std::string contents(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return "no such folder";
  std::vector<std::string> names;
  for (const auto& item : fs::directory_iterator(folder, error)) names.push_back(item.path().filename().string());
  if (error) return error.message();
  if (names.empty()) return "nothing";
  std::sort(names.begin(), names.end());
  const bool is_long = names.size() > 8;
  if (is_long) names.resize(8);
  return fmt::format("{}{}", fmt::join(names, ", "), is_long ? ", ..." : "");
}

/// `train-images` and dimension 3 give the file in any of its spellings, or "" if there is none.
fs::path find_file(const fs::path& folder, const std::string& stem, int64_t num_dims) {
  for (const char* separator : {"-", "."}) {
    for (const char* packed : {"", ".gz"}) {
      const fs::path path = folder / fmt::format("{}{}idx{}-ubyte{}", stem, separator, num_dims, packed);
      std::error_code ignored;
      if (fs::is_regular_file(path, ignored)) return path;
    }
  }
  return {};
}

fs::path require_file(const fs::path& folder, const std::string& stem, int64_t num_dims) {
  const fs::path path = find_file(folder, stem, num_dims);
  if (path.empty()) {
    fail<DataError>("{}: expected {}-idx{}-ubyte or {}-idx{}-ubyte.gz, found {}. Fetch the missing file.",
                    folder.string(), stem, num_dims, stem, num_dims, contents(folder));
  }
  return path;
}

/// Whether the path's last parts are those of `tail`.
bool ends_with(const fs::path& path, const fs::path& tail) {
  const fs::path whole = fs::absolute(path / "").lexically_normal().parent_path();
  return whole.generic_string().ends_with((fs::path("/") / tail).generic_string());
}

}  // namespace

MnistFiles mnist() { return {"mnist", {"mnist", "MNIST/raw"}, "https://ossci-datasets.s3.amazonaws.com/mnist/"}; }

MnistFiles fashion_mnist() {
  return {"fashion-mnist",
          {"fashion-mnist", "FashionMNIST/raw"},
          "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"};
}

std::vector<fs::path> data_roots(const std::string& root) {
  if (!root.empty()) return {root};
  if (const char* given = std::getenv("RECONCILE_DATA"); given != nullptr && *given != '\0') return {given};
  return {"../shared/data", "data"};
}

fs::path find_folder(const MnistFiles& files, const std::vector<fs::path>& roots) {
  std::vector<std::string> names;
  for (const auto& folder : files.folders) names.push_back(folder.string());
  std::string looked;
  for (const auto& root : roots) {
    for (const auto& folder : files.folders) {
      if (!find_file(root / folder, "train-images", 3).empty()) return root / folder;
      if (ends_with(root, folder) && !find_file(root, "train-images", 3).empty()) return root;
    }
    looked += fmt::format("\n  {}: expected {} with train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found {}",
                          root.string(), fmt::join(names, " or "), contents(root));
  }
  fail<DataError>(
      "{}: not found. Looked in{}\nFetch its four files from {} into <root>/{}, and set `root` or "
      "$RECONCILE_DATA to <root>. The data set glyphs needs no files.",
      files.name, looked, files.address, files.folders.front().string());
}

LabelledImages read_part(const fs::path& folder, const std::string& part) {
  const fs::path images_path = require_file(folder, part + "-images", 3);
  const fs::path labels_path = require_file(folder, part + "-labels", 1);
  const at::Tensor images = read_idx(images_path, 3);
  const at::Tensor labels = read_idx(labels_path, 1).to(at::kLong);
  if (images.size(0) == 0 || images.size(1) != kSide || images.size(2) != kSide) {
    fail<DataError>("{}: holds {} images of {} x {}, must be some of 28 x 28. Fetch it again.", images_path.string(),
                    images.size(0), images.size(1), images.size(2));
  }
  if (images.size(0) != labels.size(0)) {
    fail<DataError>("{}: has {} labels for {} images in {}. Fetch both again.", labels_path.string(), labels.size(0),
                    images.size(0), images_path.filename().string());
  }
  if (const auto largest = labels.max().item<int64_t>(); largest > 9) {
    fail<DataError>("{}: holds the label {}, must lie in 0..9. Fetch it again.", labels_path.string(), largest);
  }
  return {images, labels};
}

}  // namespace reconcile
