#include "device/far_device.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <gtest/gtest.h>
#include <torch/library.h>

#include <cstdlib>
#include <functional>
#include <utility>

namespace reconcile::test {
namespace {

constexpr auto kFar = c10::DeviceType::PrivateUse1;
constexpr uintptr_t kDistance = uintptr_t{1} << 60;  ///< between a far address and the memory behind it

void* shifted(void* address, uintptr_t by) {
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) + by);
}

class FarMemory final : public at::Allocator {
 public:
  at::DataPtr allocate(size_t size) const override {
    void* memory = std::malloc(std::max<size_t>(size, 1));
    return {shifted(memory, kDistance), memory, &std::free, at::Device(kFar, 0)};
  }
};
FarMemory far_memory;

constexpr c10::DispatchKeySet kFarKey(c10::DispatchKey::PrivateUse1);

at::Tensor empty_far(c10::IntArrayRef size, c10::optional<at::ScalarType> type, c10::optional<at::Layout> /*layout*/,
                     c10::optional<at::Device> /*device*/, c10::optional<bool> /*pin_memory*/,
                     c10::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &far_memory, kFarKey, type.value_or(at::kFloat), format);
}
at::Tensor empty_strided_far(c10::IntArrayRef size, c10::IntArrayRef stride, c10::optional<at::ScalarType> type,
                             c10::optional<at::Layout> /*layout*/, c10::optional<at::Device> /*device*/,
                             c10::optional<bool> /*pin_memory*/) {
  return at::detail::empty_strided_generic(size, stride, &far_memory, kFarKey, type.value_or(at::kFloat));
}

bool is_far(const at::Tensor& tensor) { return tensor.defined() && tensor.device().type() == kFar; }

/// The memory behind a far tensor, as a tensor of the host.
at::Tensor near(const at::Tensor& tensor) {
  if (!is_far(tensor)) return tensor;
  return at::from_blob(shifted(tensor.data_ptr(), -kDistance), tensor.sizes(), tensor.strides(),
                       at::TensorOptions().dtype(tensor.scalar_type()));
}

at::Tensor far_copy(const at::Tensor& tensor) {
  at::Tensor copy = empty_strided_far(tensor.sizes(), tensor.strides(), tensor.scalar_type(), {}, {}, {});
  near(copy).copy_(tensor);
  return copy;
}

/// Work of side streams that nobody has waited for.
std::vector<std::function<void()>> late;
int64_t waits = 0;
thread_local c10::StreamId stream_of_thread = 0;

at::Tensor copy_from(const at::Tensor& self, const at::Tensor& other, bool non_blocking) {
  const auto copy = [=] { near(other).copy_(near(self)); };
  if (non_blocking && stream_of_thread != 0) {
    late.emplace_back(copy);
  } else {
    copy();
  }
  return other;
}

class FarGuard final : public c10::impl::DeviceGuardImplInterface {
 public:
  FarGuard() = default;
  explicit FarGuard(c10::DeviceType /*type*/) {}
  c10::DeviceType type() const override { return kFar; }
  c10::Device exchangeDevice(c10::Device /*device*/) const override { return {kFar, 0}; }
  c10::Device getDevice() const override { return {kFar, 0}; }
  void setDevice(c10::Device /*device*/) const override {}
  void uncheckedSetDevice(c10::Device /*device*/) const noexcept override {}
  c10::Stream getStream(c10::Device device) const noexcept override {
    return c10::Stream(c10::Stream::UNSAFE, device, stream_of_thread);
  }
  c10::Stream getStreamFromGlobalPool(c10::Device device, bool /*high*/) const override {
    return c10::Stream(c10::Stream::UNSAFE, device, 1);
  }
  c10::Stream exchangeStream(c10::Stream stream) const noexcept override {
    return c10::Stream(c10::Stream::UNSAFE, stream.device(), std::exchange(stream_of_thread, stream.id()));
  }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  void record(void** event, const c10::Stream& /*stream*/, c10::DeviceIndex /*device*/,
              c10::EventFlag /*flag*/) const override {
    *event = &late;
  }
  void block(void* /*event*/, const c10::Stream& stream) const override {
    EXPECT_EQ(stream.id(), 0);
    ++waits;
    for (const auto& work : late) work();
    late.clear();
  }
  void destroyEvent(void* /*event*/, c10::DeviceIndex /*device*/) const noexcept override {}
  void recordDataPtrOnStream(const c10::DataPtr& data, const c10::Stream& /*stream*/) const override {
    EXPECT_EQ(data.device().type(), kFar);
  }
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, FarGuard)

void become(const at::Tensor& tensor, const at::Tensor& other) {
  tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(other.storage());
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(other.sizes(), other.strides());
}

/// Any operation: on the memory behind its far arguments. Numbers alone may come from the host, as on real devices.
void compute_near(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const size_t num_arguments = op.schema().arguments().size();
  const size_t first = stack->size() - num_arguments;
  std::vector<std::pair<at::Tensor, at::Tensor>> given;  // near, far
  const auto to_near = [&](const at::Tensor& tensor) {
    TORCH_CHECK(!tensor.defined() || is_far(tensor) || tensor.dim() == 0, op.schema().name(),
                ": one tensor is far and another on the host");
    const bool can_grow = is_far(tensor) && tensor.numel() == 0;  // outputs that the operation gives their size
    given.emplace_back(can_grow ? at::empty(tensor.sizes(), tensor.scalar_type()) : near(tensor), tensor);
    return given.back().first;
  };
  for (size_t i = first; i < stack->size(); ++i) {
    c10::IValue& value = (*stack)[i];
    if (value.isTensor()) {
      value = to_near(value.toTensor());
    } else if (value.isTensorList()) {
      std::vector<at::Tensor> tensors;
      for (const at::Tensor& tensor : value.toTensorVector()) tensors.push_back(to_near(tensor));
      value = tensors;
    } else if (value.isOptionalTensorList()) {
      c10::List<c10::optional<at::Tensor>> tensors;
      for (const c10::optional<at::Tensor>& tensor : value.toOptionalTensorList()) {
        tensors.push_back(tensor ? c10::make_optional(to_near(*tensor)) : c10::nullopt);
      }
      value = tensors;
    } else if (value.isDevice()) {
      value = c10::Device(c10::kCPU);
    }
  }
  op.callBoxed(stack);
  for (const auto& [near_one, far_one] : given) {
    if (is_far(far_one) && near_one.sizes() != far_one.sizes()) become(far_one, far_copy(near_one));
  }
  const auto to_far = [&](const at::Tensor& tensor) {
    for (const auto& [near_one, far_one] : given) {
      if (near_one.is_same(tensor)) return far_one;
    }
    return tensor.defined() ? far_copy(tensor) : tensor;
  };
  for (size_t i = stack->size() - op.schema().returns().size(); i < stack->size(); ++i) {
    c10::IValue& value = (*stack)[i];
    if (value.isTensor()) {
      value = to_far(value.toTensor());
    } else if (value.isTensorList()) {
      std::vector<at::Tensor> tensors;
      for (const at::Tensor& tensor : value.toTensorVector()) tensors.push_back(to_far(tensor));
      value = tensors;
    }
  }
}

/// LibTorch asks other people's devices for convolutions under these names.
at::Tensor convolution_far(const at::Tensor& x, const at::Tensor& weight, const c10::optional<at::Tensor>& bias,
                           c10::IntArrayRef stride, c10::IntArrayRef padding, c10::IntArrayRef dilation,
                           bool transposed, c10::IntArrayRef output_padding, int64_t groups) {
  TORCH_CHECK(is_far(x) && is_far(weight) && (!bias || !bias->defined() || is_far(*bias)),
              "convolution of two devices");
  const auto near_bias = bias && bias->defined() ? c10::make_optional(near(*bias)) : c10::nullopt;
  return far_copy(
      at::convolution(near(x), near(weight), near_bias, stride, padding, dilation, transposed, output_padding, groups));
}
std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward_far(
    const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight, c10::IntArrayRef stride,
    c10::IntArrayRef padding, c10::IntArrayRef dilation, bool transposed, c10::IntArrayRef output_padding,
    int64_t groups, std::array<bool, 3> mask) {
  const int64_t outputs = weight.size(0);
  const auto [a, b, c] = at::convolution_backward(near(gradient), near(x), near(weight), c10::IntArrayRef(outputs),
                                                  stride, padding, dilation, transposed, output_padding, groups, mask);
  const auto to_far = [](const at::Tensor& tensor) { return tensor.defined() ? far_copy(tensor) : tensor; };
  return {to_far(a), to_far(b), to_far(c)};
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("convolution_overrideable", &convolution_far);
  m.impl("convolution_backward_overrideable", &convolution_backward_far);
  m.impl("empty.memory_format", &empty_far);
  m.impl("empty_strided", &empty_strided_far);
  m.impl("_copy_from", &copy_from);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("_reshape_alias", &at::native::_reshape_alias);
}
TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&compute_near>()); }

TEST(FarDevice, ComputesAndDifferentiates) {
  const at::Tensor x = at::arange(6, at::kFloat).view({2, 3});
  const at::Tensor there = x.to(at::Device(kFar, 0));
  EXPECT_EQ(there.device().type(), kFar);
  EXPECT_TRUE(at::equal((there * 2 + 1).t().cpu(), (x * 2 + 1).t()));
  at::Tensor leaf = there.clone().set_requires_grad(true);
  leaf.mul(leaf).sum().backward();
  EXPECT_TRUE(at::equal(leaf.grad().cpu(), 2 * x));
}

TEST(FarDevice, RefusesTensorsOfTwoDevices) {
  const at::Tensor x = at::ones({3});
  EXPECT_THROW(x.to(at::Device(kFar, 0)) + x, c10::Error);
}

TEST(FarDeviceDeathTest, ItsMemoryCannotBeReadOnTheHost) {
  const at::Tensor x = at::ones({3}).to(at::Device(kFar, 0));
  EXPECT_DEATH(std::exit(static_cast<int>(*x.data_ptr<float>())), "");
}

}  // namespace

int64_t num_waits() { return waits; }

}  // namespace reconcile::test
