// Any data set in one file that `reconcile data pack` wrote: nothing is decoded, epochs read memory.

#include "reconcile/base/error.h"
#include "reconcile/data/packed_file.h"

namespace reconcile::dataset_entries {
namespace {

struct PackedOptions {
  std::string file;
  bool verify = true;
};

std::string file_of(const PackedOptions& options) {
  if (options.file.empty())
    fail<InvalidArgument>("dataset \"packed\": set file to one that `reconcile data pack` wrote.");
  return options.file;
}

}  // namespace

DatasetEntry packed_entry() {
  using O = PackedOptions;
  return dataset_entry<O>(
      {"packed", "Any data set, packed into one memory-mapped file", "ours"},
      {option("file", &O::file, any(), "what `reconcile data pack` wrote"),
       option("verify", &O::verify, any(),
              "read everything first and compare the checksums; false saves a pass over a large file")},
      [](const O& options) { return load_packed(file_of(options), options.verify); },
      [](const O& options) { return packed_signature(file_of(options)); });
}

}  // namespace reconcile::dataset_entries
