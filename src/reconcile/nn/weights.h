#pragma once

#include <string>
#include <vector>

#include "reconcile/core/safetensors.h"
#include "reconcile/nn/layer.h"

namespace reconcile {

/// A tensor that has the name of ours and another shape.
struct WeightMismatch {
  std::string name;
  std::vector<int64_t> given, needed;
};

/// What became of the tensors of a file. Names are ours, `conv1.weight`; those of `unexpected` are the file's.
struct WeightReport {
  std::string prefix;                      ///< in front of the file's names, "module." for example
  std::vector<std::string> matched;        ///< set from the file
  std::vector<std::string> missing;        ///< ours, not in the file: left as they are
  std::vector<std::string> unexpected;     ///< in the file, not ours: not used
  std::vector<WeightMismatch> mismatched;  ///< left as they are
};

/// Sets each parameter and running statistic whose name, `<layer>.<parameter>`, is in `tensors`; all copies of a split
/// layer get the same tensor. The file's names may have in front any of the words that checkpoints wrap a network in
/// (state_dict, model_state_dict, model, net, network, module, backbone, encoder): that prefix is taken which makes
/// most names match. `num_batches_tracked` is ignored. `where` is for messages;
/// `scope` stands before the layers' names and not in the file. DataError, and nothing is set, if no
/// name matches, or a tensor that matches has no floating-point numbers.
WeightReport set_weights(const std::vector<Layer*>& layers, const NamedTensors& tensors, const std::string& where,
                         const std::string& scope = "");

}  // namespace reconcile
