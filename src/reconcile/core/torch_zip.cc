#include <ATen/core/Tensor.h>

#include "reconcile/base/error.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/core/torch_tensors.h"
#include "reconcile/core/zip.h"

namespace reconcile {
namespace {

constexpr std::string_view kPickle = "/data.pkl";

/// The folder of the archive that everything stands in.
std::string folder_of(const std::vector<std::string>& names, const std::filesystem::path& path) {
  for (const auto& name : names) {
    if (name.ends_with(kPickle)) return name.substr(0, name.size() - kPickle.size());
  }
  fail<DataError>("{}: a zip archive, but not of torch.save: it has no data.pkl.", path.string());
}

}  // namespace

NamedTensors decode_torch_zip(std::string_view bytes, const std::filesystem::path& path) {
  const ZipReader zip(bytes, path);
  const auto names = zip.names();
  const std::string folder = folder_of(names, path);
  const std::string order = folder + "/byteorder";
  if (std::find(names.begin(), names.end(), order) != names.end() && zip.read(order) != "little") {
    fail<DataError>("{}: written on a big-endian machine. Load and save it on a little-endian one.", path.string());
  }
  const std::string pickle = zip.read(folder + std::string(kPickle));
  PickleReader reader(pickle, torch_globals(), path, kTorchAdvice);
  return collect_tensors(reader.next(), bytes.size(), path, [&](const TorchStorage& storage, std::span<char> out) {
    zip.read(fmt::format("{}/data/{}", folder, storage.key), out);
  });
}

}  // namespace reconcile
