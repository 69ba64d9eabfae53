// ResNet-18: basic blocks, 2, 2, 2, 2 of them in the four stages. See resnet.h.

#include "reconcile/backbones/resnet.h"

namespace reconcile::backbone_entries {

BackboneEntry resnet18_entry() {
  return resnet_entry({"resnet18", "ResNet-18, torchvision layer names", "He et al., CVPR 2016, arXiv:1512.03385"},
                      {2, 2, 2, 2}, /*bottleneck=*/false);
}

}  // namespace reconcile::backbone_entries
