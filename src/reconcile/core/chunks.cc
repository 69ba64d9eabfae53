#include "reconcile/core/chunks.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace reconcile {

void for_chunks(int64_t size, int64_t piece, const std::function<void(int64_t begin, int64_t end)>& work) {
  at::parallel_for(0, (size + piece - 1) / piece, 8, [&](int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) work(c * piece, std::min((c + 1) * piece, size));
  });
}

std::vector<Piece> cut_to_pieces(const std::vector<int64_t>& sizes) {
  constexpr int64_t kMost = 1 << 14;
  std::vector<Piece> pieces;
  for (size_t i = 0; i < sizes.size(); ++i) {
    for (int64_t begin = 0; begin < sizes[i]; begin += kMost) {
      pieces.push_back({i, begin, std::min(begin + kMost, sizes[i])});
    }
  }
  return pieces;
}

void for_pieces(const std::vector<Piece>& pieces, const std::function<void(int64_t k)>& work) {
  at::parallel_for(0, static_cast<int64_t>(pieces.size()), 2, [&](int64_t from, int64_t to) {
    for (int64_t k = from; k < to; ++k) work(k);
  });
}

}  // namespace reconcile
