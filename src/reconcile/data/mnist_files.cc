#include "reconcile/data/mnist_files.h"

#include "reconcile/base/error.h"
#include "reconcile/files/idx.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kSide = 28;

/// `train-images` and dimension 3 give the file's name in all its spellings.
std::vector<std::string> spellings(const std::string& stem, int64_t num_dims) {
  std::vector<std::string> names;
  for (const char* separator : {"-", "."}) {
    for (const char* packed : {"", ".gz"}) {
      names.push_back(fmt::format("{}{}idx{}-ubyte{}", stem, separator, num_dims, packed));
    }
  }
  return names;
}

fs::path require_file(const fs::path& folder, const std::string& stem, int64_t num_dims) {
  fs::path path = find_one(folder, spellings(stem, num_dims));
  if (path.empty()) {
    fail<DataError>("{}: expected {}-idx{}-ubyte or {}-idx{}-ubyte.gz, found {}. Fetch the missing file.",
                    folder.string(), stem, num_dims, stem, num_dims, contents(folder));
  }
  return path;
}

}  // namespace

MnistFiles mnist() { return {"mnist", {"mnist", "MNIST/raw"}, "https://ossci-datasets.s3.amazonaws.com/mnist/"}; }

MnistFiles fashion_mnist() {
  return {"fashion-mnist",
          {"fashion-mnist", "FashionMNIST/raw"},
          "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"};
}

fs::path find_folder(const MnistFiles& files, const std::vector<fs::path>& roots) {
  const FolderLayout idx{"IDX", files.folders, {spellings("train-images", 3)}};
  const std::string advice = fmt::format(
      "Fetch its four files from {} into <root>/{}, and set `root` or $RECONCILE_DATA to <root>. The data set glyphs "
      "needs no files.",
      files.address, files.folders.front().string());
  return find_folder({files.name, {idx}, advice, true}, roots).path;
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
