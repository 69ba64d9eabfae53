// ResNet-50: bottlenecks, 3, 4, 6, 3 of them in the four stages. See resnet.h.

#include "reconcile/backbones/resnet.h"

namespace reconcile::backbone_entries {

BackboneEntry resnet50_entry() {
  return resnet_entry({"resnet50", "ResNet-50, torchvision layer names", "He et al., CVPR 2016, arXiv:1512.03385"},
                      {3, 4, 6, 3}, /*bottleneck=*/true);
}

}  // namespace reconcile::backbone_entries
