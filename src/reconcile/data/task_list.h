#pragma once

#include <string>
#include <vector>

#include "reconcile/core/task.h"

namespace reconcile {

/// Tasks from texts such as `semantic: segmentation(7)` or `depth: depth`. The number of outputs may be left out where
/// the kind leaves no choice. InvalidArgument, beginning with `where`, for a text of another form, an unknown kind, a
/// number of outputs that the kind cannot have, a name that is no folder name or is given twice, and an empty list.
TaskSet parse_tasks(const std::vector<std::string>& texts, const std::string& where);

/// InvalidArgument, beginning with `where`, unless the name can be that of a file.
void check_task_name(const std::string& name, const std::string& where);

}  // namespace reconcile
