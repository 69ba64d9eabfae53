// Data in a user's own files, described by a manifest; docs/guide/own-data.md shows how.

#include "reconcile/base/error.h"
#include "reconcile/data/manifest_load.h"

namespace reconcile::dataset_entries {
namespace {

struct FilesOptions {
  std::string manifest;
  std::string root;
};

Manifest read(const FilesOptions& options) {
  if (options.manifest.empty()) {
    fail<InvalidArgument>(
        "dataset \"files\": set manifest to a TOML file that says what your data are; docs/guide/own-data.md shows "
        "how.");
  }
  return read_manifest(options.manifest, options.root);
}

}  // namespace

DatasetEntry files_entry() {
  using O = FilesOptions;
  return dataset_entry<O>(
      {"files", "Your own images or table, described by a manifest", "docs/guide/own-data.md"},
      {option("manifest", &O::manifest, any(), "TOML file that describes the data"),
       option("root", &O::root, any(), "folder of the data, if not the manifest's own")},
      [](const O& options) { return load_manifest(read(options)); },
      [](const O& options) -> DataSignature {
        const Manifest manifest = read(options);
        return {manifest.task_set(), manifest_input_shape(manifest)};
      });
}

}  // namespace reconcile::dataset_entries
