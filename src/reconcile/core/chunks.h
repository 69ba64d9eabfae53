#pragma once

#include <cstdint>
#include <functional>

namespace reconcile {

/// Calls work(begin, end) for the consecutive pieces of [0, size) that are `piece` long, the last one shorter, in
/// parallel. Where the pieces begin does not depend on the number of threads.
void for_chunks(int64_t size, int64_t piece, const std::function<void(int64_t begin, int64_t end)>& work);

}  // namespace reconcile
