#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace reconcile {

/// A named stream of random numbers: a key and a counter, so draw i of a stream can be made alone, on any thread, with
/// the same bits on every platform. Forks are independent of each other and of how far the parent has been drawn.
class Rng {
 public:
  explicit Rng(uint64_t seed) : key_(mix(seed + kGolden)) {}

  /// The sub-stream called `name`, at its beginning.
  [[nodiscard]] Rng fork(std::string_view name) const;
  /// The sub-stream with number `index`, at its beginning.
  [[nodiscard]] Rng fork(uint64_t index) const;

  /// 64 random bits; the counter moves on by one.
  uint64_t next() { return bits(counter_++); }
  /// The 64 bits of draw `index`, wherever the counter stands.
  [[nodiscard]] uint64_t bits(uint64_t index) const { return mix(key_ + (index + 1) * kGolden); }

  /// Uniform in [0, 1), 53 bits.
  double uniform() { return unit(next()); }
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// A uniform whole number in [0, n), without bias; n >= 1.
  int64_t below(int64_t n);
  /// Standard normal (Box-Muller, two draws each).
  double normal();
  /// A uniform permutation of 0 ... n-1.
  std::vector<int64_t> permutation(int64_t n);

  /// 64 bits as a number in [0, 1).
  static double unit(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

  /// Position in the stream, for checkpoints.
  [[nodiscard]] uint64_t counter() const { return counter_; }
  void set_counter(uint64_t counter) { counter_ = counter; }

 private:
  static constexpr uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  static uint64_t mix(uint64_t z) {  // SplitMix64 finaliser
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  uint64_t key_ = 0;
  uint64_t counter_ = 0;
};

}  // namespace reconcile
