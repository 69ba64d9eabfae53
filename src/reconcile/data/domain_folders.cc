#include "reconcile/base/error.h"
#include "reconcile/data/office_folders.h"

namespace reconcile::dataset_entries {
namespace {

struct DomainFoldersOptions {
  std::string root;
  std::vector<std::string> domains;
  int64_t classes = 2;
  std::vector<int64_t> size = {224, 224};
  int64_t seed = 0;
};

/// The name of a folder as that of a task, which names files too.
std::string task_name_of(std::string folder) {
  for (char& letter : folder) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-') letter = '_';
  }
  return folder;
}

/// Any data set that lies as Office-Home does.
OfficeFolders domain_folders_of(const DomainFoldersOptions& options) {
  const std::string where = "dataset \"domain_folders\": domains";
  if (options.domains.empty()) fail<InvalidArgument>("{} = [], name the folders, one a task.", where);
  OfficeFolders data{"domain_folders", {},
                     options.classes,  {},
                     "domain_folders", "Set `root` to the folder that holds the folders of the domains."};
  for (const auto& folder : options.domains) {
    const std::string name = task_name_of(folder);
    const auto same = [&](const Domain& other) { return other.name == name; };
    if (std::any_of(data.domains.begin(), data.domains.end(), same)) {
      fail<InvalidArgument>("{}: two of them give the task {}. Rename a folder.", where, name);
    }
    data.domains.push_back({name, {folder}});
  }
  return data;
}

}  // namespace

/// Pictures of one's own in the folders of Office-31 and Office-Home.
DatasetEntry domain_folders_entry() {
  using O = DomainFoldersOptions;
  return dataset_entry<O>(
      {"domain_folders", "Pictures in <root>/<domain>/<class>/, each domain a task with its own pictures", "ours"},
      {option("root", &O::root, any(), kRootHelp),
       option("domains", &O::domains, any(), "folders of the domains, one a task"),
       option("classes", &O::classes, at_least(2), "number of classes"),
       option("size", &O::size, at_least(1), "height and width that pictures are resized to"),
       option("seed", &O::seed, at_least(0), "seed of the split, where no lists give one")},
      [](const O& options) {
        return load_office_folders(domain_folders_of(options), {options.root, options.size, options.seed});
      },
      [](const O& options) { return signature_of(domain_folders_of(options), options.size); });
}

}  // namespace reconcile::dataset_entries
