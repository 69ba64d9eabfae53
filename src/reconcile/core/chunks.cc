#include "reconcile/core/chunks.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace reconcile {

void for_chunks(int64_t size, int64_t piece, const std::function<void(int64_t begin, int64_t end)>& work) {
  at::parallel_for(0, (size + piece - 1) / piece, 8, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) work(c * piece, std::min((c + 1) * piece, size));
  });
}

}  // namespace reconcile
