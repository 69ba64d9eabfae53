#pragma once

#include <string>

#include "reconcile/report/study.h"

/// What a comparison says, in words.
namespace reconcile::report {

/// Which contender comes first, by how much, in both conventions of delta m, and whether seeds can tell it from the
/// base.
std::string headline(const Study& study);

/// The protocol of the table: which epoch and split, means over how many seeds, what delta m is.
std::string table_note(const Study& study);

/// How differences are taken, and what one seed cannot say.
std::string difference_note();

/// Fewest and most seeds of a contender: "3 seeds", "1 to 3 seeds".
std::string seed_words(const Study& study);

}  // namespace reconcile::report
