#include "reconcile/data/sources.h"

#include "reconcile/base/digest.h"
#include "reconcile/base/error.h"
#include "reconcile/base/fetch.h"
#include "reconcile/data/archive.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMaxUnpacked = uint64_t{64} << 30;

/// The four files with the digests of training images, training labels, test images and test labels.
std::vector<SourceFile> idx_files(const std::string& algorithm, bool of_payload,
                                  const std::vector<std::string>& values) {
  std::vector<SourceFile> files;
  for (const char* name : {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
                           "t10k-labels-idx1-ubyte.gz"}) {
    files.push_back({name, {algorithm, values[files.size()], of_payload}});
  }
  return files;
}

FileCheck check_of(const Digest& digest) {
  return [digest](const fs::path& path) -> std::string {
    if (digest.value.empty()) return "";
    const auto found = digest.of_payload ? payload_digest(path, digest.algorithm) : file_digest(path, digest.algorithm);
    if (found == digest.value) return "";
    return fmt::format("its {}{} is {}, must be {}", digest.algorithm, digest.of_payload ? " when unpacked" : "", found,
                       digest.value);
  };
}

/// A path or an address, as an address.
std::string as_address(const std::string& from) {
  return from.find("://") != std::string::npos ? from : "file://" + fs::absolute(from).string();
}

void fetch_files(const DataSource& source, const fs::path& folder, const std::string& from) {
  std::string address = from.empty() ? source.address : as_address(from);
  if (!address.ends_with('/')) address += '/';
  for (const auto& [name, digest] : source.files) {
    const fs::path path = fetch(address + name, folder, check_of(digest));
    const std::string problem = check_of(digest)(path);  // it may have been there before
    if (!problem.empty()) fail<DataError>("{}: {}. Remove it and fetch it again.", path.string(), problem);
  }
}

/// Puts the content of the only folder inside in the folder's place.
void drop_wrapper(const fs::path& folder) {
  const fs::path only = fs::directory_iterator(folder)->path();
  if (std::distance(fs::directory_iterator(folder), fs::directory_iterator()) != 1 || !fs::is_directory(only)) return;
  const fs::path aside = folder.string() + ".partial";
  fs::rename(only, aside);
  fs::remove(folder);
  fs::rename(aside, folder);
}

void fetch_archive(const DataSource& source, const fs::path& root, const fs::path& folder, const std::string& from) {
  const bool is_here = from.find("://") == std::string::npos;
  const fs::path archive = is_here ? fs::path(from) : fetch(from, root, check_of(source.archive));
  if (!fs::is_regular_file(archive)) fail<DataError>("{}: no such file.", archive.string());
  const std::string problem = check_of(source.archive)(archive);
  if (!problem.empty()) fail<DataError>("{}: {}. Download it again.", archive.string(), problem);
  unpack_archive(archive, folder, kMaxUnpacked);
  if (source.unwrap) drop_wrapper(folder);
}

}  // namespace

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> sources{
      {.name = "mnist",
       .title = "Handwritten digits; for multi_mnist and multi_fashion_mnist",
       .terms = "CC BY-SA 3.0, Y. LeCun and C. Cortes",
       .page = "http://yann.lecun.com/exdb/mnist/",
       .folder = "mnist",
       .address = "https://ossci-datasets.s3.amazonaws.com/mnist/",
       .files = idx_files("SHA256", true,
                          {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                           "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                           "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                           "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"})},
      {.name = "fashion-mnist",
       .title = "Zalando's articles; for multi_fashion and multi_fashion_mnist",
       .terms = "MIT, Zalando SE",
       .page = "https://github.com/zalandoresearch/fashion-mnist",
       .folder = "fashion-mnist",
       .address = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
       .files = idx_files("MD5", false,
                          {"8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
                           "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"})},
      {.name = "nyuv2",
       .title = "Indoor scenes with 13 classes, depth and normals, as MTAN prepared them",
       .terms = "see the page of the original",
       .page = "https://cs.nyu.edu/~silberman/datasets/nyu_depth_v2.html",
       .folder = "nyuv2",
       .unwrap = true,
       .how = "Dropbox sh/86nssgwm6hm3vkb (MTAN, 9 GB), or Google Drive 1n15Uf-rqtx-LFohcwRkq3HBF-jQvsY1- (the mirror "
              "that "
              "CAGrad's README names). The folder holds train/ and val/, each with image/, label/, depth/ and normal/"},
      {.name = "cityscapes",
       .title = "Street scenes with 7 or 19 classes and inverse depth, as MTAN prepared them",
       .terms = "for research, no commercial use; see the page",
       .page = "https://www.cityscapes-dataset.com/license/",
       .folder = "cityscapes",
       .unwrap = true,
       .how = "Dropbox sh/gaw6vh6qusoyms6 (128 x 256, 651 MB), or sh/vj349qgg57nthi9 (256 x 512, 2.4 GB). The folder "
              "holds "
              "train/ and val/, each with image/, label_7/, label_19/ and depth/"},
      {.name = "office_31",
       .title = "Objects of an office in three domains",
       .terms = "see the page",
       .page = "https://faculty.cc.gatech.edu/~judy/domainadapt/",
       .folder = "office-31",
       .archive = {"SHA1", "7aa25a86f3880b6e79283227816f9d4d8506d636", false},
       .unwrap = true,
       .how = "domain_adaptation_images.tar.gz, Google Drive 0B4IapRTv9pJ1WGZVd1VDMmhwdlE. The folder holds amazon/, "
              "dslr/ "
              "and webcam/"},
      {.name = "office_home",
       .title = "Objects of office and home in four domains",
       .terms = "for research, no commercial use; see the page",
       .page = "https://www.hemanthdv.org/officeHomeDataset.html",
       .folder = "office-home",
       .archive = {"MD5", "b1c14819770c4448fd5b6d931031c91c", false},
       .unwrap = true,
       .how = "OfficeHomeDataset_10072016.zip, Google Drive 1uY0pj7oFsjMxRwaD3Sxy0jgel0fsYXLC. The folder holds Art/, "
              "Clipart/, Product/ and Real World/"},
      {.name = "celeba",
       .title = "Faces with 40 attributes",
       .terms = "for research, no commercial use; see the page",
       .page = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
       .folder = "celeba",
       .archive = {"MD5", "00d2c5bc6d35e252742224ab0c1e8fcb", false},
       .how =
           "img_align_celeba.zip, Google Drive 0B7EVK8r0v71pZjFTYXZWM3FlRnM (it has a daily quota). The folder holds "
           "img_align_celeba/, and beside it list_attr_celeba.txt and list_eval_partition.txt, to be added by hand"},
      {.name = "pascal_context",
       .title = "PASCAL_MT: segmentation, parts, saliency, normals and edges",
       .terms = "the images are Flickr's; see the page of PASCAL VOC",
       .page = "http://host.robots.ox.ac.uk/pascal/VOC/voc2010/",
       .folder = "PASCAL_MT",
       .unwrap = true,
       .how =
           "PASCAL_MT.tgz, https://data.vision.ee.ethz.ch/kmaninis/share/MTL/ (often down; issue 22 of "
           "Multi-Task-Transformer collects mirrors). The folder holds JPEGImages/, semseg/, human_parts/ and so on"}};
  return sources;
}

fs::path fetch_source(const DataSource& source, const fs::path& root, const std::string& from) {
  fs::path folder = root / source.folder;
  if (!source.files.empty()) {
    fetch_files(source, folder, from);
  } else if (from.empty()) {
    fail<DataError>(
        "{}: this one is to be downloaded by hand. Terms: {} ({}).\nGet {}.\nUnpack it as {}, or give the archive with "
        "--from: it is checked where a checksum is known, and unpacked.",
        source.name, source.terms, source.page, source.how, folder.string());
  } else {
    fetch_archive(source, root, folder, from);
  }
  return folder;
}

}  // namespace reconcile
