#include "reconcile/data/pairs.h"

namespace reconcile::dataset_entries {

DatasetEntry multi_fashion_entry() {
  return pairs_entry("multi_fashion", "Two overlapping pieces of clothing (Fashion-MNIST)", fashion_mnist(),
                     fashion_mnist());
}

}  // namespace reconcile::dataset_entries
