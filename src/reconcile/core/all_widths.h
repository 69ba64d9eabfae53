#pragma once

// RECONCILE_ALL_WIDTHS before a function makes one copy of it for each vector width; the loader picks what the machine
// has.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define RECONCILE_ALL_WIDTHS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RECONCILE_ALL_WIDTHS
#endif
