#pragma once

#include <functional>
#include <memory>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// Which samples a batch holds, and what it draws from.
struct BatchPlan {
  std::vector<int64_t> samples;
  Rng rng{0};
};

/// Reads batches `first` ... `end - 1` of a plan, in order, some of them ahead of time in threads of its own. Each is a
/// function of its number alone, so their bits do not depend on the number of threads, nor on where reading began.
class Loader {
 public:
  /// `data` must outlive it. `workers` = 0 reads when a batch is asked for. Two batches a worker are read ahead.
  Loader(const Dataset& data, std::function<BatchPlan(int64_t)> plan, int64_t first, int64_t end, int64_t workers);
  /// Stops the threads; batches that nobody asked for are lost.
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// The next batch. Throws what reading it threw. Not to be called more than `end - first` times.
  Batch next();

 private:
  class Workers;
  const Dataset& data_;
  std::function<BatchPlan(int64_t)> plan_;
  int64_t next_;
  std::unique_ptr<Workers> workers_;
};

/// The plan of one pass over the whole of `data`, in order and without chance, and its number of batches.
std::function<BatchPlan(int64_t)> in_order(const Dataset& data, int64_t batch_size);
int64_t num_batches(const Dataset& data, int64_t batch_size);

}  // namespace reconcile
