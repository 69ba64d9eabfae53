#include "worker.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/version.h>

#include <chrono>
#include <climits>
#include <fstream>
#include <iostream>

namespace reconcile::bench {

void prepare_process(int num_threads) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
  at::set_num_threads(num_threads);
  at::manual_seed(1);
}

int serve(const std::function<Json(const std::string& request)>& answer) {
  std::string request;
  while (std::getline(std::cin, request)) {
    Json reply;
    try {
      reply = answer(request);
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    std::cout << reply.dump() << std::endl;
  }
  return 0;
}

double milliseconds(const std::function<void()>& call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

double repeated_milliseconds(const std::function<void()>& call) {
  double total = milliseconds(call);
  int64_t calls = 1;
  for (; total < 50; ++calls) total += milliseconds(call);
  return total / static_cast<double>(calls);
}

Json answer_common(const std::string& request) {
  if (request == "peak read") {
    const at::Tensor numbers = at::ones({64 << 20});
    numbers.sum();
    return {{"ms", repeated_milliseconds([&] { numbers.sum(); })}, {"bytes", numbers.nbytes()}};
  }
  if (request == "peak sgemm") {
    constexpr int64_t kSide = 2048;
    const at::Tensor a = at::rand({kSide, kSide});
    at::Tensor product = at::empty({kSide, kSide});
    at::mm_out(product, a, a);
    return {{"ms", repeated_milliseconds([&] { at::mm_out(product, a, a); })}, {"flop", 2 * kSide * kSide * kSide}};
  }
  if (request == "version") return {{"torch", TORCH_VERSION}};
  return nullptr;
}

double status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != field + ":") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return 1024 * kilobytes;
  }
  return 0;
}

}  // namespace reconcile::bench
