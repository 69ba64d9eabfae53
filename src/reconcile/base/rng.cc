#include "reconcile/base/rng.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace reconcile {

Rng Rng::fork(std::string_view name) const {
  uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (const unsigned char c : name) hash = (hash ^ c) * 0x100000001B3ULL;
  return fork(hash);
}

Rng Rng::fork(uint64_t index) const {
  Rng child(0);
  child.key_ = mix(key_ ^ mix(index + kGolden));
  return child;
}

int64_t Rng::below(int64_t n) {
  const auto range = static_cast<uint64_t>(n);
  const uint64_t limit = UINT64_MAX - UINT64_MAX % range;
  uint64_t draw = next();
  while (draw >= limit) draw = next();
  return static_cast<int64_t>(draw % range);
}

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::vector<int64_t> Rng::permutation(int64_t n) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t i = n - 1; i > 0; --i) std::swap(order[i], order[below(i + 1)]);
  return order;
}

}  // namespace reconcile
