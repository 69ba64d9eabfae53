#pragma once

#include <string>

#include "reconcile/report/records.h"

/// Reports for a terminal, with drawings of block characters.
namespace reconcile::report {

/// Headline, comparison table, cosines of the search, ranking.
std::string pipeline_text(const Pipeline& pipeline);

/// Headline, epochs (of a long run some, evenly), course of every task's numbers, cosines.
std::string run_text(const RunLog& log);

}  // namespace reconcile::report
