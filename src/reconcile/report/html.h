#pragma once

#include <string>

#include "reconcile/report/records.h"

namespace reconcile::report {

/// One self-contained page about a pipeline. Whatever the records lack is said in a sentence.
std::string render_html(const Pipeline& pipeline);

/// One self-contained page about a single run.
std::string render_html(const RunLog& log);

}  // namespace reconcile::report
