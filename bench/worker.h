#pragma once

#include <functional>
#include <string>

#include "reconcile/base/options.h"

namespace reconcile::bench {

/// Sets the allocator as the program does, the number of threads, and the seed of LibTorch's random numbers.
void prepare_process(int num_threads);

/// Answers requests until the input ends: one line in, one JSON object a line out, so that a driver can let variants
/// and programs take turns. What `answer` throws becomes {"error": text}.
int serve(const std::function<Json(const std::string& request)>& answer);

/// Milliseconds of one call.
double milliseconds(const std::function<void()>& call);
/// Milliseconds of a call: the mean over as many as fill a twentieth of a second.
double repeated_milliseconds(const std::function<void()>& call);

/// What every program answers. What the machine reaches in this process: "peak read" is a sum over 256 MB, {ms, bytes},
/// "peak sgemm" a product of matrices of side 2048 in float32, {ms, flop}. "version": {torch}. Null for other requests.
Json answer_common(const std::string& request);

/// A field of /proc/self/status that counts kB, such as "VmHWM", in bytes.
double status_bytes(const std::string& field);

}  // namespace reconcile::bench
