#include <fstream>

#include "fuzz/look.h"
#include "reconcile/base/text.h"
#include "reconcile/data/celeba_files.h"
#include "reconcile/data/manifest_ids.h"
#include "reconcile/data/picture_list.h"
#include "reconcile/data/task_list.h"

namespace reconcile::fuzz {
namespace {

/// A file beside `path`.
Path put(const Path& path, const std::string& name, const std::string& bytes) {
  const Path place = path.parent_path() / name;
  std::filesystem::create_directories(place.parent_path());
  std::filesystem::remove(place);
  std::ofstream(place, std::ios::binary) << bytes;
  return place;
}

/// Both lists of CelebA, with a form feed between them.
Target celeba_target() {
  const auto& names = celeba_attributes();
  const std::string head = fmt::format("{}\n", fmt::join(names, " "));
  std::string yes;
  std::string no;
  for (size_t i = 0; i < names.size(); ++i) {
    yes += "  1";
    no += ",-1";
  }
  return {"celeba",
          {fmt::format("2\n{}000001.jpg{}\n000002.jpg{}\n\f000001.jpg 0\n000002.jpg 2\n", head, yes, no),
           fmt::format("image_id,{}\na.jpg{}\n\fimage_id,partition\na.jpg,1\n", fmt::join(names, ","), no)},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            const size_t middle = std::min(bytes.find('\f'), bytes.size());
            const Path attributes = put(path, "attributes", bytes.substr(0, middle));
            const Path partition = put(path, "partition", bytes.substr(std::min(middle + 1, bytes.size())));
            look_at(read_celeba_lists(attributes, partition).answers);
          }};
}

Target picture_list_target() {
  return {"picture_list",
          {"amazon/back/a.jpg 0\namazon/b c.jpg\t2\r\n\n", "x/b c.jpg 1"},
          as_it_is,
          [](const std::string&, const Path& path) {
            static const Path first = put(path, "domain/back/a.jpg", "x");
            static const Path second = put(path, "domain/b c.jpg", "x");
            for (const auto& picture : read_picture_list(path, path.parent_path() / "domain", 3)) {
              const auto inside = picture.path.lexically_normal().lexically_relative(path.parent_path() / "domain");
              if (inside.empty() || *inside.begin() == "..") throw std::logic_error("a picture lies outside");
            }
          },
          true};
}

/// The list of the training samples; the others are given.
Target split_list_target() {
  return {"split_list",
          {"a\nb\r\nc\n\n", "1/x\n2/y y\n"},
          as_it_is,
          [](const std::string&, const Path& path) {
            static const Path test = put(path, "test.txt", "z\n");
            const ManifestSplit split{.train = path.filename(), .test = test.filename()};
            const PartIds ids = divide_ids(path.parent_path(), split, [] { return std::vector<std::string>(); });
            for (const auto& id : ids.train) (void)sample_path(path.parent_path(), "rgb/{id}.png", id);
          },
          true};
}

Target task_list_target() {
  return {"task_list",
          {"semantic: segmentation(7)\ndepth: depth", "kind: classification(3)\ntags: multi_label(40)"},
          as_it_is,
          [](const std::string& bytes, const Path&) { (void)parse_tasks(split(bytes, '\n'), "tasks"); }};
}

}  // namespace

std::vector<Target> list_targets() {
  return {celeba_target(), picture_list_target(), split_list_target(), task_list_target()};
}

}  // namespace reconcile::fuzz
