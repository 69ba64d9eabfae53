#include "reconcile/convert/legacy_permutation.h"

#include <bit>
#include <numeric>
#include <random>
#include <utility>

namespace reconcile {

std::vector<int64_t> legacy_permutation(uint32_t seed, int64_t n) {
  std::mt19937 generator(seed);
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t i = n - 1; i > 0; --i) {
    const uint32_t mask = static_cast<uint32_t>(std::bit_ceil(static_cast<uint64_t>(i) + 1) - 1);
    uint32_t draw = generator() & mask;
    while (draw > i) draw = generator() & mask;
    std::swap(order[i], order[draw]);
  }
  return order;
}

}  // namespace reconcile
