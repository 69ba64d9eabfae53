#pragma once

#include <ATen/core/Tensor.h>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// One picture of a contact sheet.
struct SheetCell {
  std::string title;   ///< "input", or the task
  at::Tensor picture;  ///< uint8 [3, height, width]
  std::string words;   ///< what the picture does not say
};

/// A sample: its input with the targets of all tasks, or, if tasks have inputs of their own, each input before its
/// target. Small pictures are enlarged to whole multiples, large ones made smaller. `names` maps tasks to the names of
/// their classes.
std::vector<SheetCell> sheet_row(const Dataset& data, int64_t sample, const Json& names);

/// Samples below each other, one picture [3, height, width].
at::Tensor join_sheet(const std::vector<std::vector<SheetCell>>& rows);

}  // namespace reconcile
