#include "reconcile/data/loader.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace reconcile {

/// The threads, and the batches between them and the reader.
class Loader::Workers {
 public:
  Workers(Loader& loader, int64_t end, int64_t count)
      : loader_(loader), end_(end), next_to_read_(loader.next_), ahead_(2 * count), next_to_give_(loader.next_) {
    for (int64_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  Batch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return read_.contains(next_to_give_); });
    Read read = std::move(read_.extract(next_to_give_++).mapped());
    lock.unlock();
    changed_.notify_all();
    if (read.error) std::rethrow_exception(read.error);
    return std::move(*read.batch);
  }

 private:
  struct Read {
    std::optional<Batch> batch;
    std::exception_ptr error;
  };

  void work() {
    at::get_num_threads();   // ATen sets the number of a thread at first use: afterwards ours stays
    omp_set_num_threads(1);  // the workers are the parallel part
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stopping_ || next_to_read_ == end_ || next_to_read_ < next_to_give_ + ahead_; });
      if (stopping_ || next_to_read_ == end_) return;
      const int64_t number = next_to_read_++;
      lock.unlock();
      Read read;
      try {
        const BatchPlan plan = loader_.plan_(number);
        read.batch = loader_.data_.batch(plan.samples, plan.rng);
      } catch (...) {
        read.error = std::current_exception();
      }
      lock.lock();
      read_.emplace(number, std::move(read));
      changed_.notify_all();
    }
  }

  Loader& loader_;
  int64_t end_;
  int64_t next_to_read_;
  int64_t ahead_;
  int64_t next_to_give_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::map<int64_t, Read> read_;
  std::vector<std::thread> threads_;
};

Loader::Loader(const Dataset& data, std::function<BatchPlan(int64_t)> plan, int64_t first, int64_t end, int64_t workers)
    : data_(data), plan_(std::move(plan)), next_(first) {
  const int64_t count = std::min(workers, end - first);
  if (count > 0) workers_ = std::make_unique<Workers>(*this, end, count);
}

Loader::~Loader() = default;

Batch Loader::next() {
  if (workers_) return workers_->take();
  const BatchPlan plan = plan_(next_++);
  return data_.batch(plan.samples, plan.rng);
}

std::function<BatchPlan(int64_t)> in_order(const Dataset& data, int64_t batch_size) {
  return [size = data.size(), batch_size](int64_t number) {
    BatchPlan plan;
    const int64_t begin = number * batch_size;
    for (int64_t i = begin; i < std::min(begin + batch_size, size); ++i) plan.samples.push_back(i);
    return plan;
  };
}

int64_t num_batches(const Dataset& data, int64_t batch_size) { return (data.size() + batch_size - 1) / batch_size; }

}  // namespace reconcile
