#include "reconcile/export/torchscript.h"

#include <torch/csrc/jit/api/module.h>

#include <sstream>

#include "reconcile/base/file.h"
#include "reconcile/export/trace.h"

namespace reconcile {

void export_torchscript(const Exportable& source, const std::filesystem::path& path) {
  const Traced traced = trace(source);
  std::ostringstream bytes;
  traced.module->save(bytes, {{"reconcile", export_metadata(source).dump()}});
  write_atomically(path, bytes.str());
}

}  // namespace reconcile
