#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "reconcile/base/rng.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/sample_set.h"

namespace reconcile {

/// Calls `draw(i, stream.fork(i))` for every sample, on several threads at once. A sample that draws from its stream
/// alone has the same bits alone or among others, on any number of threads.
void draw_samples(int64_t count, const Rng& stream, const std::function<void(int64_t sample, Rng rng)>& draw);

/// One of the three parts, and what identifies its bytes.
struct GeneratedPart {
  std::shared_ptr<const Dataset> samples;
  Json fingerprint;
};

/// Names of the parts, in order: what folders and streams are called.
constexpr std::array<const char*, 3> kPartNames = {"train", "validation", "test"};

/// `make(part, stream)` for part 0, 1 and 2, each with a stream of its own. Their fingerprints are added to that of the
/// whole.
DataSplits generate_splits(Json fingerprint, const Rng& root,
                           const std::function<GeneratedPart(size_t part, const Rng& stream)>& make);

/// Rows of a tensor in memory as a column of samples; `name` is their place in messages.
Column column_of(const at::Tensor& values, const std::string& name);

/// CRC-32 of the bytes of all tensors, one after the other.
std::string tensor_checksum(const std::vector<at::Tensor>& tensors);

/// Generated pairs of glyphs are squares with one item near the upper left (task "T1") and one near the
/// lower right (task "T2"), ten classes each.
constexpr int64_t kGeneratedSide = 36;
constexpr int64_t kGeneratedPixels = kGeneratedSide * kGeneratedSide;

/// The two tasks and [1, 36, 36].
DataSignature generated_signature();

/// Writes the zeroed pixels of one sample, row by row, and returns its labels. Called from several
/// threads at once.
using DrawSample = std::function<std::array<int64_t, 2>(int64_t sample, Rng rng, std::span<uint8_t> pixels)>;

/// `count` samples.
std::shared_ptr<const ImageSet> generate(int64_t count, const Rng& stream, const DrawSample& draw);

/// {"samples", "images", "targets"}: the count and the CRC-32 of the bytes.
Json fingerprint(const ImageSet& images);

}  // namespace reconcile
