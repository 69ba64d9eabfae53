#pragma once

#include <filesystem>

#include "reconcile/export/exportable.h"

namespace reconcile {

/// Writes an ONNX file (opset 13). The input is called "input" with free batch, and free height and width where the
/// network takes any; the outputs have the names of the tasks. Parameters have their `exported_name`; the metadata
/// property "reconcile" holds `export_metadata`. StateError naming an operation that has no rule here, DataError if the
/// file cannot be written.
void export_onnx(const Exportable& source, const std::filesystem::path& path);

}  // namespace reconcile
