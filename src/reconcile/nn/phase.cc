#include "reconcile/nn/phase.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace reconcile {

void Phase::set_moment(const Moment& moment) {
  moment_ = moment;
  moment_was_read_ = false;
}

const Moment& Phase::moment() {
  moment_was_read_ = true;
  return moment_;
}

at::Tensor Phase::uniform_like(const at::Tensor& x) {
  const at::Generator generator = at::detail::createCPUGenerator(noise.next());
  return at::rand(x.sizes(), generator, x.options().device(at::kCPU)).to(x.device());
}

}  // namespace reconcile
