#pragma once

#include <cstdint>
#include <functional>

namespace reconcile {

/// A length of pieces for which a few numbers a column stay in a core's cache.
inline constexpr int64_t kPiece = 1024;

/// Calls work(begin, end) for the consecutive pieces of [0, size) that are `piece` long, the last one shorter, in
/// parallel. Where the pieces begin does not depend on the number of threads.
void for_chunks(int64_t size, int64_t piece, const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace reconcile
