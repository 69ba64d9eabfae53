#include "reconcile/core/weights_file.h"

#include <ATen/core/Tensor.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/core/torch_file.h"

namespace reconcile {

NamedTensors read_weights(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  if (bytes.size() > 8 && bytes[8] == '{') return decode_safetensors(bytes, path);
  if (bytes.starts_with("PK")) return decode_torch_zip(bytes, path);
  if (bytes.starts_with('\x80')) return decode_torch_legacy(bytes, path);
  std::string begin = bytes.substr(0, 16);
  for (char& c : begin) c = c < ' ' || c > '~' ? '.' : c;
  fail<DataError>(
      "{}: no file of weights: it has {} bytes and begins with \"{}\". Readable are safetensors and what torch.save "
      "writes.",
      path.string(), bytes.size(), begin);
}

}  // namespace reconcile
