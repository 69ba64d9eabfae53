#include "reconcile/core/chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace reconcile {
namespace {

TEST(Chunks, CoverTheRangeOnceInPiecesOfOneLength) {
  for (const int64_t size : {0, 1, 9, 10, 11, 995}) {
    std::mutex mutex;
    std::vector<std::pair<int64_t, int64_t>> pieces;
    for_chunks(size, 10, [&](int64_t begin, int64_t end) {
      const std::scoped_lock lock(mutex);
      pieces.emplace_back(begin, end);
    });
    std::sort(pieces.begin(), pieces.end());
    int64_t next = 0;
    for (const auto& [begin, end] : pieces) {
      EXPECT_EQ(begin, next);
      EXPECT_EQ(end, std::min(begin + 10, size));
      next = end;
    }
    EXPECT_EQ(next, size);
  }
}

TEST(Pieces, CoverEveryMemberInOrder) {
  const std::vector<Piece> pieces = cut_to_pieces({5, 0, 40000, 1});
  std::vector<int64_t> covered(4, 0);
  for (const auto& piece : pieces) {
    EXPECT_EQ(piece.begin, covered[piece.index]);
    EXPECT_GT(piece.end, piece.begin);
    covered[piece.index] = piece.end;
  }
  EXPECT_EQ(covered, (std::vector<int64_t>{5, 0, 40000, 1}));
  EXPECT_EQ(pieces.size(), 5);
  std::vector<std::atomic<int>> calls(pieces.size());
  for_pieces(pieces, [&](int64_t k) { ++calls[k]; });
  for (const auto& count : calls) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace reconcile
