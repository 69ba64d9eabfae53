#pragma once

// A device without hardware, for tests: LibTorch's place for other people's devices (PrivateUse1), with memory whose
// addresses the host cannot read, and streams that are late. What a device must be told is so shown on any machine:
// a pointer read on the host ends the program, tensors of two devices in one operation are an error, and a copy in a
// side stream stays undone until somebody waits for its event. Numbers are computed by LibTorch's CPU code.

#include <cstdint>

namespace reconcile::test {

/// How often a stream waited for an event.
int64_t num_waits();

}  // namespace reconcile::test
