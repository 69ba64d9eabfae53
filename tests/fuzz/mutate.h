#pragma once

#include <string>

#include "reconcile/base/rng.h"

namespace reconcile::fuzz {

/// `seed` with one to four changes: bits flipped, bytes overwritten, words and their halves set to extreme values in
/// either byte order, pieces cut out, repeated, or taken from `other`, the end cut off. At most four times as long.
std::string mutate(const std::string& seed, const std::string& other, Rng& rng);

}  // namespace reconcile::fuzz
