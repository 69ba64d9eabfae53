#pragma once

// Counts what a test takes from the heap. It replaces malloc and its relatives, so only one file of a program may
// include it.

#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCountsAllocations = false;  // the sanitizer has a malloc of its own
inline thread_local int64_t allocations = 0;
#else
constexpr bool kCountsAllocations = true;
inline thread_local int64_t allocations = 0;

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

void* malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
}
#endif

namespace reconcile {

/// Calls of malloc, calloc and realloc, and with them of new, during f() on this thread.
template <class F>
int64_t count_allocations(F f) {
  const int64_t before = allocations;
  f();
  return allocations - before;
}

}  // namespace reconcile
