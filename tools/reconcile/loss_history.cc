#include "reconcile/loss_history.h"

namespace reconcile::tool {

void LossHistory::add(double loss) {
  sum_ += loss;
  if (++waiting_ < per_mean_) return;
  means_.push_back(sum_ / static_cast<double>(waiting_));
  sum_ = 0;
  waiting_ = 0;
  if (means_.size() < kMost) return;
  for (size_t i = 0; i < kMost / 2; ++i) means_[i] = (means_[2 * i] + means_[2 * i + 1]) / 2;
  means_.resize(kMost / 2);
  per_mean_ *= 2;
}

}  // namespace reconcile::tool
