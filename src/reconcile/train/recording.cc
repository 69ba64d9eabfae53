#include "reconcile/train/replay.h"

#ifdef RECONCILE_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace reconcile {

#ifdef RECONCILE_CUDA

namespace {

/// Captured on a stream of its own, as capturing must be, and launched on the current one.
class CudaGraph final : public Recording {
 public:
  explicit CudaGraph(const std::function<void()>& work) {
    at::cuda::getCurrentCUDAStream().synchronize();
    const c10::cuda::CUDAStreamGuard aside(at::cuda::getStreamFromPool());
    graph_.capture_begin();
    try {
      work();
    } catch (...) {
      graph_.capture_end();
      throw;
    }
    graph_.capture_end();
  }
  void replay() override { graph_.replay(); }

 private:
  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<Recording> record(std::function<void()> work) {
  auto graph = std::make_unique<CudaGraph>(work);
  graph->replay();  // capturing computes nothing
  return graph;
}

#else

namespace {

class Repetition final : public Recording {
 public:
  explicit Repetition(std::function<void()> work) : work_(std::move(work)) {}
  void replay() override { work_(); }

 private:
  std::function<void()> work_;
};

}  // namespace

std::unique_ptr<Recording> record(std::function<void()> work) {
  work();
  return std::make_unique<Repetition>(std::move(work));
}

#endif

}  // namespace reconcile
