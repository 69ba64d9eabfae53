#pragma once

#include <functional>

#include "reconcile/backbones/backbone.h"

namespace reconcile {

/// What a piece of a backbone must find when it runs again: the noise of its first run, and statistics that do not
/// move.
struct Rerun {
  Phase& phase;
  std::function<bool(bool frozen)> freeze_statistics;  ///< sets it; returns what it was
};

/// Applies a piece and keeps nothing of it but its inputs: every backward pass through the result runs the piece again,
/// for those tasks alone whose streams the pass goes through, and then through that run. Gradients are those of the
/// plain piece, to the bit unless a value has three readers or more (their gradients are added in another order); they
/// cannot be differentiated again. The piece must be a function of the flow, of parameters
/// and of `rerun.phase`; both must outlive the result. Without gradients it is the plain piece.
void apply_recomputed(const std::function<void(Flow&)>& piece, Flow& flow, const Rerun& rerun);

}  // namespace reconcile
