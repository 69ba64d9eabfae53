#pragma once

#include <filesystem>

#include "reconcile/export/exportable.h"

namespace reconcile {

/// Writes a file that torch::jit::load (C++) and torch.jit.load (Python) read. `forward` takes [B, C, H, W] with any
/// B and returns a tuple with one prediction for each task, also for one task. Parameters and running statistics
/// have their `exported_name`; the extra file "reconcile" holds `export_metadata`. StateError if the network cannot
/// be recorded (see `trace`), DataError if the file cannot be written.
void export_torchscript(const Exportable& source, const std::filesystem::path& path);

}  // namespace reconcile
