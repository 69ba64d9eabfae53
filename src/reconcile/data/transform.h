#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/data/dataset.h"

namespace reconcile {

/// What happens to samples between the data set and the network. Inputs and all targets of a sample move together.
struct TransformOptions {
  std::vector<double> mean;  ///< of the inputs (0 ... 1), one number or one a channel: subtracted; empty = nothing is
  std::vector<double> std;   ///< divides what is left; empty = 1
  std::vector<double> zoom;  ///< training: each sample is enlarged by one of these; below 1 it is shrunk; empty = not
  bool flip = false;         ///< training: half of the samples are mirrored left to right
  std::string depth_under_zoom = "divide";  ///< divide | multiply | keep
};
const OptionTable<TransformOptions>& transform_options();

/// InvalidArgument unless the options fit inputs [C, H, W].
void check_transform(const TransformOptions& options, const std::vector<int64_t>& input_shape, const Where& where);

/// Inputs [B, C, H, W] in 0 ... 1 as the network reads them: (x - mean) / std.
at::Tensor normalise(const at::Tensor& x, const TransformOptions& options);

/// `whole` with normalised inputs and, if `training`, augmented as all repositories around MTAN do it: a zoom s > 1
/// cuts a uniformly placed window of H/s x W/s pixels (rounded down) out of inputs and dense targets and resizes it
/// back, bilinearly with aligned corners for inputs and normals, to the nearest pixel for the rest; s < 1 shrinks the
/// sample and places it uniformly on a canvas of gray inputs (0.5) and unknown targets. Depth is divided by s, as an
/// enlarged thing looks nearer; inverse depth (CityScapes) should be multiplied, though the field divides it. A
/// mirrored normal has its first component negated. Interpolated normals are not brought to unit length again: loss and
/// metrics do it.
std::shared_ptr<const Dataset> transformed(std::shared_ptr<const Dataset> whole, const TransformOptions& options,
                                           bool training);

}  // namespace reconcile
