#include "reconcile/data/pairs.h"

namespace reconcile::dataset_entries {

DatasetEntry multi_mnist_entry() {
  return pairs_entry("multi_mnist", "Two overlapping MNIST digits", mnist(), mnist());
}

}  // namespace reconcile::dataset_entries
