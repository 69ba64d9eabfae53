#pragma once

#include <functional>

#include "reconcile/data/dataset.h"

namespace reconcile {

/// One value for each sample, read when it is asked for, from several threads at once.
struct Column {
  int64_t size = 0;
  /// An input [C, H, W], uint8 (255 becomes 1) or float32, or the target of one sample (core/target.h without its B).
  /// Undefined for a target that the sample does not have. May be a view of a mapped file.
  std::function<at::Tensor(int64_t sample)> read;
  /// Where the value stands, for messages: a path, perhaps with a line.
  std::function<std::string(int64_t sample)> place;
};

/// What happens at the end of a task that has fewer samples of its own than another.
enum class WhenShorter {
  kRepeat,  ///< training: it begins again, the last round being a random choice
  kUnknown  ///< evaluation: its inputs are zero, its targets unknown, so that each sample counts once
};

/// Samples that stay in their files until a batch asks for them. A batch is read on as many threads as the caller may
/// use.
class SampleSet final : public Dataset {
 public:
  /// `inputs`: one column for all tasks, or one a task; these may differ in length, and the longest is the size of the
  /// set. `targets`: one a task, as long as its input. InvalidArgument if their numbers do not fit. Reading a batch
  /// throws DataError naming the place if an input has another shape than `input_shape`, or a target is none of its
  /// task's.
  SampleSet(TaskSet tasks, std::vector<int64_t> input_shape, std::vector<Column> inputs, std::vector<Column> targets,
            WhenShorter when_shorter);
  [[nodiscard]] const TaskSet& tasks() const override { return tasks_; }
  [[nodiscard]] int64_t size() const override;
  [[nodiscard]] std::vector<int64_t> input_shape() const override { return input_shape_; }
  [[nodiscard]] std::shared_ptr<const Dataset> only(int64_t task) const override;

 private:
  [[nodiscard]] Batch read(std::span<const int64_t> samples, const Rng& rng) const override;
  void read_input(const Column& column, int64_t sample, const at::Tensor& slot) const;
  void read_target(size_t task, int64_t sample, const at::Tensor& slot) const;

  TaskSet tasks_;
  std::vector<int64_t> input_shape_;
  std::vector<Column> inputs_;
  std::vector<Column> targets_;
  WhenShorter when_shorter_;
};

}  // namespace reconcile
