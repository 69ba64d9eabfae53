#pragma once

#include "reconcile/data/dataset.h"
#include "reconcile/data/folder_layout.h"

namespace reconcile {

/// One domain, which is one task: a folder of class folders of pictures, perhaps with `images` between.
struct Domain {
  std::string name;                  ///< of the task
  std::vector<std::string> folders;  ///< how its folder is spelled
};

/// Pictures of the same classes in several domains, as Office-31 and Office-Home come.
struct OfficeFolders {
  std::string name;
  std::vector<Domain> domains;
  int64_t num_classes = 0;
  std::vector<std::filesystem::path> folders;  ///< below a root, the usual one first
  std::string lists;                           ///< name of the folder of LibMTL's lists: "office-31"
  std::string advice;                          ///< where the data are to be had
};

struct OfficeOptions {
  std::string root;
  std::vector<int64_t> size = {224, 224};
  int64_t seed = 0;
};
OptionTable<OfficeOptions> office_options();

/// Tasks of one domain each, and [3, height, width]. InvalidArgument if `size` is no height and width.
DataSignature signature_of(const OfficeFolders& data, const std::vector<int64_t>& size);

/// Pictures decoded and resized (antialiased) when they are asked for; each task has its own. Which are in which split,
/// and which label a class has, LibMTL's lists say, if they are there: data_txt/<lists>/<domain>_{train,val,test}.txt
/// in the folder or beside it, or these files in the folder itself. Else labels follow the sorted names of the class
/// folders, and a split by `seed` takes 60, 20 and 20 % of every class. The fingerprint says which. DataError if
/// folders, classes or listed files are missing.
DataSplits load_office_folders(const OfficeFolders& data, const OfficeOptions& options);

/// The entry of such a data set.
DatasetEntry office_entry(EntryInfo info, const OfficeFolders& data);

}  // namespace reconcile
