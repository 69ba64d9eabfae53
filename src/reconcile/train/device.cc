#include "reconcile/train/device.h"

#include <ATen/ATen.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// The same samples in memory that a CUDA device reads by itself.
class PinnedSamples final : public Dataset {
 public:
  explicit PinnedSamples(const Dataset& data) : data_(data) {}
  [[nodiscard]] const TaskSet& tasks() const override { return data_.tasks(); }
  [[nodiscard]] int64_t size() const override { return data_.size(); }
  [[nodiscard]] std::vector<int64_t> input_shape() const override { return data_.input_shape(); }
  [[nodiscard]] std::shared_ptr<const Dataset> only(int64_t task) const override { return data_.only(task); }

 private:
  [[nodiscard]] Batch read(std::span<const int64_t> samples, const Rng& rng) const override {
    const Batch batch = data_.batch(samples, rng);
    Batch pinned{map(batch.inputs, [](const at::Tensor& x) { return x.pin_memory(); }), {}};
    for (const auto& target : batch.targets) pinned.targets.push_back(target.pin_memory());
    return pinned;
  }

  const Dataset& data_;
};

}  // namespace

at::Device parse_device(const std::string& name, const Where& where) {
  std::string reason;
  try {
    const at::Device device(name);
    return at::empty({1}, at::TensorOptions(device)).device();
  } catch (const c10::Error& error) {
    reason = error.what_without_backtrace();
  }
  fail<InvalidArgument>(
      "{} = \"{}\": nothing can be computed there ({}). Use \"cpu\", or \"cuda\" with a LibTorch that "
      "was built for it.",
      where("device"), name, reason.substr(0, std::min(reason.find('\n'), reason.find(". "))));
}

Batch to_device(const Batch& batch, const at::Device& device, Layout layout) {
  if (device.is_cpu()) return batch;
  const auto send = [&](const at::Tensor& x, at::MemoryFormat format) {
    return x.to(x.options().device(device), /*non_blocking=*/true, /*copy=*/false, format);
  };
  const auto send_input = [&](const at::Tensor& x) {
    const bool channels_last = layout == Layout::kPosition && x.dim() == 4;
    return send(x, channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
  };
  Batch sent{map(batch.inputs, send_input), {}};
  for (const auto& target : batch.targets) sent.targets.push_back(send(target, at::MemoryFormat::Preserve));
  return sent;
}

/// A batch that was sent, and what tells that it has arrived.
struct DeviceBatches::Sent {
  Batch batch;
  c10::Event arrived;
};

DeviceBatches::DeviceBatches(const Dataset& data, std::function<BatchPlan(int64_t)> plan, int64_t first, int64_t end,
                             int64_t workers, const at::Device& device, Layout layout)
    : device_(device),
      layout_(layout),
      pinned_(device.is_cuda() ? std::make_unique<PinnedSamples>(data) : nullptr),
      loader_(pinned_ ? *pinned_ : data, std::move(plan), first, end, workers),
      num_unsent_(end - first) {}

DeviceBatches::~DeviceBatches() = default;

std::unique_ptr<DeviceBatches::Sent> DeviceBatches::send() {
  if (num_unsent_-- <= 0) return nullptr;
  const c10::impl::VirtualGuardImpl runtime(device_.type());
  const c10::StreamGuard copying(runtime.getStreamFromGlobalPool(device_));
  auto sent = std::make_unique<Sent>(Sent{to_device(loader_.next(), device_, layout_), c10::Event(device_.type())});
  sent->arrived.record(copying.current_stream());
  return sent;
}

Batch DeviceBatches::next() {
  if (device_.is_cpu()) return loader_.next();
  const std::unique_ptr<Sent> now = ahead_ ? std::move(ahead_) : send();
  ahead_ = send();
  const c10::impl::VirtualGuardImpl runtime(device_.type());
  const c10::Stream computing = runtime.getStream(device_);
  now->arrived.block(computing);
  for (const auto& input : now->batch.inputs.values()) {
    runtime.recordDataPtrOnStream(input.storage().data_ptr(), computing);
  }
  for (const auto& target : now->batch.targets) runtime.recordDataPtrOnStream(target.storage().data_ptr(), computing);
  return std::move(now->batch);
}

}  // namespace reconcile
