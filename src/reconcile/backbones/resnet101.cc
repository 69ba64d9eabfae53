// ResNet-101: bottlenecks, 3, 4, 23, 3 of them in the four stages. See resnet.h.

#include "reconcile/backbones/resnet.h"

namespace reconcile::backbone_entries {

BackboneEntry resnet101_entry() {
  return resnet_entry({"resnet101", "ResNet-101, torchvision layer names", "He et al., CVPR 2016, arXiv:1512.03385"},
                      {3, 4, 23, 3}, /*bottleneck=*/true);
}

}  // namespace reconcile::backbone_entries
