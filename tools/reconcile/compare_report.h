#pragma once

#include <string>
#include <vector>

#include "reconcile/report/compare.h"

namespace reconcile::tool {

/// How a comparison is shown.
struct ComparisonOutput {
  std::string format = "text";  ///< "text", "csv", "markdown", "latex" or "json"
  std::string page;             ///< file of the page, which only "text" writes; "" for none
};

/// Whether a report on these folders is a comparison: several, one that is a folder of runs, or a base is given.
bool is_comparison(const ComparisonRequest& request);

/// Prints the comparison and writes its page.
void compare(const ComparisonRequest& request, const ComparisonOutput& output);

/// Where the page goes if nothing was said: comparison.html here, or report.html in the one folder of runs.
std::string default_page(const ComparisonRequest& request);

}  // namespace reconcile::tool
