#pragma once

#include "reconcile/data/image_set.h"

namespace reconcile::test {

/// A part of generated data, which lies in memory.
inline const ImageSet& image_set(const std::shared_ptr<const Dataset>& part) {
  return dynamic_cast<const ImageSet&>(*part);
}

}  // namespace reconcile::test
