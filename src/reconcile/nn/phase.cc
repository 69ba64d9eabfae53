#include "reconcile/nn/phase.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace reconcile {

at::Tensor Phase::uniform_like(const at::Tensor& x) {
  const at::Generator generator = at::detail::createCPUGenerator(noise.next());
  return at::rand(x.sizes(), generator, x.options().device(at::kCPU)).to(x.device());
}

}  // namespace reconcile
