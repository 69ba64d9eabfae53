// ResNet-34: basic blocks, 3, 4, 6, 3 of them in the four stages. See resnet.h.

#include "reconcile/backbones/resnet.h"

namespace reconcile::backbone_entries {

BackboneEntry resnet34_entry() {
  return resnet_entry({"resnet34", "ResNet-34, torchvision layer names", "He et al., CVPR 2016, arXiv:1512.03385"},
                      {3, 4, 6, 3}, /*bottleneck=*/false);
}

}  // namespace reconcile::backbone_entries
