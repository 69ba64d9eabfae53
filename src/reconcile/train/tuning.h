#pragma once

#include "reconcile/base/options.h"
#include "reconcile/core/batch.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// What was measured before a run, in seconds for a forward and a backward pass; 0 where there was nothing to choose.
struct Tuning {
  Arithmetic arithmetic;
  double nchw_seconds = 0.0;
  double position_seconds = 0.0;
  at::Device device = at::kCPU;
};

/// InvalidArgument, with the place of the key, if that precision needs another layout.
void check_arithmetic(const std::string& layout, const std::string& precision, const Where& where);

/// Picks the layout called `layout` (nchw | position), or measures which is faster for this network and batch if it is
/// "auto", and sets the model to it. Position-major wins unless it is clearly slower; the bfloat16 precisions and other
/// devices than the CPU leave no choice. The passes take turns and change neither parameters nor running statistics.
/// InvalidArgument as check_arithmetic, and for bfloat16x3 anywhere but on the CPU.
Tuning tune(MultiTaskModel& model, const Batch& batch, const std::string& layout, Precision precision);

/// "nchw", "position".
std::string layout_name(Layout layout);

/// What the user is told: layout, precision, threads and what was measured.
std::string to_text(const Tuning& tuning);

}  // namespace reconcile
