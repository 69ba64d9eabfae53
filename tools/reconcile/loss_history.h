#pragma once

#include <cstdint>
#include <vector>

namespace reconcile::tool {

/// The losses of a run so far in few numbers, for a sparkline: each is the mean of equally many, and these become twice
/// as many when there are too many numbers.
class LossHistory {
 public:
  static constexpr size_t kMost = 96;

  void add(double loss);
  /// At most `kMost`; the newest losses wait until there are enough for a mean.
  [[nodiscard]] const std::vector<double>& means() const { return means_; }

 private:
  std::vector<double> means_;
  int64_t per_mean_ = 1;
  int64_t waiting_ = 0;  ///< losses in `sum_`
  double sum_ = 0;
};

}  // namespace reconcile::tool
