#include "reconcile/data/office_folders.h"

namespace reconcile::dataset_entries {

/// Office-31: 31 kinds of office things from a shop (amazon, 2817 pictures), a camera (dslr, 498) and a webcam (795).
DatasetEntry office_31_entry() {
  return office_entry(
      {"office_31", "Office-31: 31 classes in three domains, each a task with its own pictures",
       "Saenko et al. 2010, Adapting visual category models to new domains"},
      {"office_31",
       {{"amazon", {"amazon"}}, {"dslr", {"dslr"}}, {"webcam", {"webcam"}}},
       31,
       {"office-31", "office_31", "Office31", "Office-31", "office31", "domain_adaptation_images"},
       "office-31",
       "Fetch domain_adaptation_images.tar.gz (faculty.cc.gatech.edu/~judy/domainadapt) and unpack it into "
       "<root>/office-31."});
}

}  // namespace reconcile::dataset_entries
