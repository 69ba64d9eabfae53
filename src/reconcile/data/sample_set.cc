#include "reconcile/data/sample_set.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/data/pixels.h"

namespace reconcile {
namespace {

constexpr int64_t kNoSample = -1;

/// Which of a column's samples stand for `samples` of a set that may be longer.
std::vector<int64_t> own_samples(std::span<const int64_t> samples, int64_t size, int64_t whole, WhenShorter when,
                                 const Rng& rng) {
  std::vector<int64_t> own(samples.begin(), samples.end());
  const int64_t full_rounds = size == 0 ? 0 : whole / size * size;
  for (size_t i = 0; i < own.size(); ++i) {
    if (own[i] < size) continue;
    if (when == WhenShorter::kUnknown) {
      own[i] = kNoSample;
    } else {
      own[i] = own[i] < full_rounds ? own[i] % size : rng.fork(static_cast<uint64_t>(i)).below(size);
    }
  }
  return own;
}

}  // namespace

SampleSet::SampleSet(TaskSet tasks, std::vector<int64_t> input_shape, std::vector<Column> inputs,
                     std::vector<Column> targets, WhenShorter when_shorter)
    : tasks_(std::move(tasks)),
      input_shape_(std::move(input_shape)),
      inputs_(std::move(inputs)),
      targets_(std::move(targets)),
      when_shorter_(when_shorter) {
  if (tasks_.empty() || targets_.size() != tasks_.size() || (inputs_.size() != 1 && inputs_.size() != tasks_.size())) {
    fail<InvalidArgument>(
        "sample set: {} inputs and {} targets for {} tasks, give a target a task and one input or one "
        "a task.",
        inputs_.size(), targets_.size(), tasks_.size());
  }
  for (size_t t = 0; t < tasks_.size(); ++t) {
    const Column& input = inputs_[inputs_.size() == 1 ? 0 : t];
    if (targets_[t].size == input.size) continue;
    fail<InvalidArgument>("sample set: task \"{}\" has {} targets for {} inputs.", tasks_[t].name, targets_[t].size,
                          input.size);
  }
}

int64_t SampleSet::size() const {
  int64_t size = 0;
  for (const auto& input : inputs_) size = std::max(size, input.size);
  return size;
}

std::shared_ptr<const Dataset> SampleSet::only(int64_t task) const {
  const Column& input = inputs_[inputs_.size() == 1 ? 0 : task];
  return std::make_shared<SampleSet>(TaskSet{tasks_[task]}, input_shape_, std::vector{input},
                                     std::vector{targets_[task]}, when_shorter_);
}

void SampleSet::read_input(const Column& column, int64_t sample, const at::Tensor& slot) const {
  if (sample == kNoSample) {
    slot.zero_();
    return;
  }
  const at::Tensor input = column.read(sample);
  const auto type = input.scalar_type();
  if (input.sizes() != at::IntArrayRef(input_shape_) || (type != at::kByte && type != at::kFloat)) {
    fail<DataError>(
        "{}: an input is {} [{}], this data set has uint8 or float32 [{}]. Convert it, or set the size in "
        "[data].",
        column.place(sample), c10::toString(type), fmt::join(input.sizes(), ", "), fmt::join(input_shape_, ", "));
  }
  copy_pixels(input, slot);
}

void SampleSet::read_target(size_t task, int64_t sample, const at::Tensor& slot) const {
  const Task& of = tasks_[task];
  const int64_t height = input_shape_[1];
  const int64_t width = input_shape_[2];
  at::Tensor target = sample == kNoSample ? at::Tensor() : targets_[task].read(sample);
  if (!target.defined()) target = unknown_target(of, height, width);
  if (target.sizes() == slot.sizes() && copy_in_range(target, slot, target_range(of))) return;
  const std::string problem = target_problem(of, target.unsqueeze(0), 1, height, width);
  if (!problem.empty()) fail<DataError>("{}: {}", targets_[task].place(sample), problem);
  slot.copy_(target);
}

Batch SampleSet::read(std::span<const int64_t> samples, const Rng& rng) const {
  const int64_t count = std::ssize(samples);
  const int64_t num_tasks = std::ssize(tasks_);
  const bool shared = inputs_.size() == 1;
  std::vector<std::vector<int64_t>> own;
  std::vector<at::Tensor> inputs;
  for (size_t g = 0; g < inputs_.size(); ++g) {
    own.push_back(own_samples(samples, inputs_[g].size, size(), when_shorter_, rng.fork("repeat").fork(g)));
    inputs.push_back(at::empty({count, input_shape_[0], input_shape_[1], input_shape_[2]}));
  }
  std::vector<at::Tensor> targets;
  for (const auto& task : tasks_) {
    targets.push_back(at::empty(target_shape(task, count, input_shape_[1], input_shape_[2]),
                                is_class(task.kind) ? at::kLong : at::kFloat));
  }
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      for (size_t g = 0; g < inputs_.size(); ++g) read_input(inputs_[g], own[g][i], inputs[g][i]);
      for (size_t t = 0; t < tasks_.size(); ++t) read_target(t, own[shared ? 0 : t][i], targets[t][i]);
    }
  });
  return {Streams(shared ? Partition::shared(num_tasks) : Partition::separate(num_tasks), std::move(inputs)),
          std::move(targets)};
}

}  // namespace reconcile
