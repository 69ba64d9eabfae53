#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace reconcile {

/// A length of pieces for which a few numbers a column stay in a core's cache.
inline constexpr int64_t kPiece = 1024;

/// Calls work(begin, end) for the consecutive pieces of [0, size) that are `piece` long, the last one shorter, in
/// parallel. Where the pieces begin does not depend on the number of threads.
void for_chunks(int64_t size, int64_t piece, const std::function<void(int64_t begin, int64_t end)>& work);

/// Numbers [begin, end) of member `index` of a list.
struct Piece {
  size_t index;
  int64_t begin, end;
};

/// Members of those sizes, cut into pieces of at most 16384 numbers, in order.
std::vector<Piece> cut_to_pieces(const std::vector<int64_t>& sizes);

/// Calls work(k) for the number k of every piece, in parallel.
void for_pieces(const std::vector<Piece>& pieces, const std::function<void(int64_t k)>& work);

}  // namespace reconcile
