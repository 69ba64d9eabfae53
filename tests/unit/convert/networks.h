#pragma once

#include "unit/models/networks.h"

namespace reconcile {

inline const std::vector<int64_t> kShape{1, 36, 36};

/// The backbone of that name, with Recon's fc if it is a ResNet-18, and heads for tasks T1 ... TN of ten classes each,
/// numbered from `first`.
inline std::unique_ptr<MultiTaskModel> make_network(const std::string& backbone, int64_t num_tasks, int64_t first = 0) {
  NetworkSpec spec{.backbone = backbone, .tasks = class_tasks(num_tasks, first)};
  if (backbone == "resnet18") spec.backbone_options = {{"features", 100}};
  return build_network(spec);
}

}  // namespace reconcile
