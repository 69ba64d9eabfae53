#pragma once

#include <string>

#include "reconcile/report/study.h"

namespace reconcile::report {

/// One self-contained page about a comparison.
std::string render_html(const Study& study);

/// The parts that pipelines have too; "" where there is nothing to say.
/// The result table with copies as LaTeX, Markdown and CSV.
std::string table_part(const Study& study);
/// Paired differences from the base.
std::string difference_part(const Study& study);
/// Which epoch and split stand for a run, side by side.
std::string protocol_part(const Study& study);

}  // namespace reconcile::report
