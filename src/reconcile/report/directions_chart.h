#pragma once

#include <string>

#include "reconcile/base/options.h"

namespace reconcile::report {

/// One panel for each method: the task gradients as arrows in the tasks' colours, the direction in the accent colour,
/// and shaded the directions along which no task gets worse. `rows` are [T][2]; `results` are {method, direction,
/// fallback} as `reconcile aggregate` prints them. A whole SVG document. InvalidArgument unless there are two columns.
std::string directions_chart(const Json& rows, const Json& results);

}  // namespace reconcile::report
