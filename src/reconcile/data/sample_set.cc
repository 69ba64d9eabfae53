#include "reconcile/data/sample_set.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr int64_t kNoSample = -1;

/// Which of a column's samples stand for `samples` of a set that may be longer.
std::vector<int64_t> own_samples(std::span<const int64_t> samples, int64_t size, int64_t whole, WhenShorter when,
                                 const Rng& rng) {
  std::vector<int64_t> own(samples.begin(), samples.end());
  const int64_t full_rounds = whole / size * size;
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

at::Tensor SampleSet::read_inputs(const Column& column, const std::vector<int64_t>& samples) const {
  at::Tensor batch = at::empty({std::ssize(samples), input_shape_[0], input_shape_[1], input_shape_[2]});
  for (size_t i = 0; i < samples.size(); ++i) {
    at::Tensor slot = batch[static_cast<int64_t>(i)];
    if (samples[i] == kNoSample) {
      slot.zero_();
      continue;
    }
    const at::Tensor input = column.read(samples[i]);
    const auto type = input.scalar_type();
    if (input.sizes() != at::IntArrayRef(input_shape_) || (type != at::kByte && type != at::kFloat)) {
      fail<DataError>(
          "{}: an input is {} [{}], this data set has uint8 or float32 [{}]. Convert it, or set the size in "
          "[data].",
          column.place(samples[i]), c10::toString(type), fmt::join(input.sizes(), ", "), fmt::join(input_shape_, ", "));
    }
    slot.copy_(input);
    if (type == at::kByte) slot.div_(255);
  }
  return batch;
}

at::Tensor SampleSet::read_targets(size_t task, const std::vector<int64_t>& samples) const {
  const Task& of = tasks_[task];
  const int64_t height = input_shape_[1];
  const int64_t width = input_shape_[2];
  at::Tensor batch =
      at::empty(target_shape(of, std::ssize(samples), height, width), is_class(of.kind) ? at::kLong : at::kFloat);
  for (size_t i = 0; i < samples.size(); ++i) {
    at::Tensor target = samples[i] == kNoSample ? at::Tensor() : targets_[task].read(samples[i]);
    if (!target.defined()) target = unknown_target(of, height, width);
    const std::string problem = target_problem(of, target.unsqueeze(0), 1, height, width);
    if (!problem.empty()) fail<DataError>("{}: {}", targets_[task].place(samples[i]), problem);
    batch[static_cast<int64_t>(i)].copy_(target);
  }
  return batch;
}

Batch SampleSet::read(std::span<const int64_t> samples, const Rng& rng) const {
  const int64_t num_tasks = std::ssize(tasks_);
  const int64_t whole = size();
  std::vector<std::vector<int64_t>> own;
  std::vector<at::Tensor> inputs;
  for (size_t g = 0; g < inputs_.size(); ++g) {
    own.push_back(own_samples(samples, inputs_[g].size, whole, when_shorter_, rng.fork("repeat").fork(g)));
    inputs.push_back(read_inputs(inputs_[g], own[g]));
  }
  const bool shared = inputs_.size() == 1;
  std::vector<at::Tensor> targets;
  for (size_t t = 0; t < tasks_.size(); ++t) targets.push_back(read_targets(t, own[shared ? 0 : t]));
  return {Streams(shared ? Partition::shared(num_tasks) : Partition::separate(num_tasks), std::move(inputs)),
          std::move(targets)};
}

}  // namespace reconcile
