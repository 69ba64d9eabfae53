#include "reconcile/data/pairs.h"

namespace reconcile::dataset_entries {

DatasetEntry multi_fashion_mnist_entry() {
  return pairs_entry("multi_fashion_mnist", "An MNIST digit (T1) over a piece of clothing (T2, Fashion-MNIST)", mnist(),
                     fashion_mnist());
}

}  // namespace reconcile::dataset_entries
