#include "reconcile/data/office_folders.h"

namespace reconcile::dataset_entries {

/// Office-Home: 65 kinds of things in art (2427 pictures), clip art (4365), shops (4439) and photographs (4357).
DatasetEntry office_home_entry() {
  return office_entry({"office_home", "Office-Home: 65 classes in four domains, each a task with its own pictures",
                       "Venkateswara et al. 2017, arXiv:1706.07522"},
                      {"office_home",
                       {{"Art", {"Art"}},
                        {"Clipart", {"Clipart", "Clip Art"}},
                        {"Product", {"Product"}},
                        {"Real_World", {"Real World", "Real_World", "RealWorld"}}},
                       65,
                       {"office-home", "office_home", "OfficeHome", "Office-Home", "OfficeHomeDataset_10072016"},
                       "office-home",
                       "Fetch OfficeHomeDataset_10072016.zip (hemanthdv.org/officeHomeDataset.html) and unpack it into "
                       "<root>/office-home."});
}

}  // namespace reconcile::dataset_entries
