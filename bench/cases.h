#pragma once

#include "reconcile/catalog/experiment.h"
#include "reconcile/core/batch.h"

namespace reconcile::bench {

/// What the step benchmarks train. bench/peer_networks.py holds the same in PyTorch.
struct Case {
  std::string backbone;
  DataSignature data;
};

/// resnet18: one channel of 36x36, tasks of ten classes (Multi-Fashion+MNIST). segnet: 128x256, seven classes a pixel
/// and depth (CityScapes). mobilenet: torchvision's MobileNetV2, 128x128, ten classes. celeba: ResNet-18, 64x64, two
/// classes. `num_tasks` repeats the classification tasks; segnet has two. InvalidArgument for any other name or number.
Case find_case(const std::string& name, int64_t num_tasks);

/// Random samples for that data.
Batch random_batch(const DataSignature& data, int64_t batch_size);

}  // namespace reconcile::bench
