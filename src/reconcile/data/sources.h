#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace reconcile {

/// The digest that a file must have.
struct Digest {
  std::string algorithm;   ///< as in base/digest.h
  std::string value;       ///< hex digits; "" = none is known
  bool of_payload = true;  ///< of what a gzip file holds: mirrors pack anew
};

struct SourceFile {
  std::string name;
  Digest digest;
};

/// Files that data sets need, and where they come from.
struct DataSource {
  std::string name;
  std::string title;
  std::string terms;   ///< licence, or where its terms stand
  std::string page;    ///< for people
  std::string folder;  ///< below a data root
  std::string
      address;  ///< of the files, ends in `/`; "" = behind a form, or an archive that people download themselves
  std::vector<SourceFile> files;
  Digest archive;       ///< of the archive
  bool unwrap = false;  ///< an archive may hold everything in one folder, which is dropped
  std::string how;      ///< what to download by hand, and what the folder must hold
};
const std::vector<DataSource>& data_sources();

/// Puts the files of a source into `root`/folder and returns that folder. `from` takes the place of the address: the
/// address or folder of a mirror, or an archive, which is checked and unpacked. DataError if something cannot be
/// fetched or is not what it should be; without `from`, for what people download themselves, it says where.
std::filesystem::path fetch_source(const DataSource& source, const std::filesystem::path& root,
                                   const std::string& from);

}  // namespace reconcile
