#pragma once

#include <cstdint>
#include <vector>

namespace reconcile {

/// What `numpy.random.seed(seed); numpy.random.permutation(n)` gives (MT19937, masked rejection, Fisher-Yates from the
/// end). Recon's random controls were drawn that way; the sizes of the paper's table 7 come out only with it.
std::vector<int64_t> legacy_permutation(uint32_t seed, int64_t n);

}  // namespace reconcile
