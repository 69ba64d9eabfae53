#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "reconcile/base/rng.h"
#include "reconcile/data/image_set.h"

namespace reconcile {

/// Generated images are squares with one item near the upper left (task "T1") and one near the
/// lower right (task "T2"), ten classes each.
constexpr int64_t kGeneratedSide = 36;
constexpr int64_t kGeneratedPixels = kGeneratedSide * kGeneratedSide;

/// The two tasks and [1, 36, 36].
DataSignature generated_signature();

/// Writes the zeroed pixels of one sample, row by row, and returns its labels. Called from several
/// threads at once.
using DrawSample = std::function<std::array<int64_t, 2>(int64_t sample, Rng rng, std::span<uint8_t> pixels)>;

/// `count` samples. Sample i draws from `stream.fork(i)` only: the same bits alone or among others,
/// on any number of threads.
std::shared_ptr<const ImageSet> generate(int64_t count, const Rng& stream, const DrawSample& draw);

/// {"samples", "images", "targets"}: the count and the CRC-32 of the bytes.
Json fingerprint(const ImageSet& images);

}  // namespace reconcile
