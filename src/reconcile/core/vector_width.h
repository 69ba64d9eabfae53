#pragma once

#define RECONCILE_INLINED __attribute__((always_inline))  // behind the parameters of a lambda
#define RECONCILE_INLINE inline RECONCILE_INLINED

namespace reconcile {

/// How wide the registers of a copy of a loop are.
template <int kRegisterBytes, int kRegisters>
struct VectorWidth {
  static constexpr int kBytes = kRegisterBytes;  ///< of one register
  static constexpr int kCount = kRegisters;      ///< registers there are
};

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)

template <class Loop>
__attribute__((target("arch=x86-64-v4"))) void run_512(const Loop& loop) {
  loop(VectorWidth<64, 32>());
}

template <class Loop>
__attribute__((target("arch=x86-64-v3"))) void run_256(const Loop& loop) {
  loop(VectorWidth<32, 16>());
}

/// Calls loop(width) in a copy that is compiled for the widest registers of this machine. The call operator, and what
/// it calls in its loops, must be RECONCILE_INLINE: only what is inlined is compiled anew.
template <class Loop>
void run_widest(const Loop& loop) {
  if (__builtin_cpu_supports("x86-64-v4")) return run_512(loop);
  if (__builtin_cpu_supports("x86-64-v3")) return run_256(loop);
  loop(VectorWidth<16, 16>());
}

#else

template <class Loop>
void run_widest(const Loop& loop) {
  loop(VectorWidth<16, 16>());
}

#endif

}  // namespace reconcile
