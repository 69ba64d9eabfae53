#include "reconcile/data/generated.h"

#include <ATen/Parallel.h>

#include "reconcile/base/file.h"

namespace reconcile {
namespace {

/// Of the bytes of all tensors, one after the other.
std::string tensor_checksum(const std::vector<at::Tensor>& tensors) {
  std::string bytes;
  for (const auto& tensor : tensors) bytes.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  return checksum(bytes);
}

}  // namespace

DataSignature generated_signature() {
  return {.tasks = {{.name = "T1", .num_outputs = 10}, {.name = "T2", .num_outputs = 10}},
          .input_shape = {1, kGeneratedSide, kGeneratedSide}};
}

std::shared_ptr<const ImageSet> generate(int64_t count, const Rng& stream, const DrawSample& draw) {
  at::Tensor images = at::zeros({count, 1, kGeneratedSide, kGeneratedSide}, at::kByte);
  std::vector<at::Tensor> targets = {at::empty(count, at::kLong), at::empty(count, at::kLong)};
  uint8_t* pixels = images.data_ptr<uint8_t>();
  const std::array<int64_t*, 2> labels = {targets[0].data_ptr<int64_t>(), targets[1].data_ptr<int64_t>()};
  at::parallel_for(0, count, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto drawn =
          draw(i, stream.fork(static_cast<uint64_t>(i)), {pixels + i * kGeneratedPixels, kGeneratedPixels});
      for (size_t t = 0; t < drawn.size(); ++t) labels[t][i] = drawn[t];
    }
  });
  return std::make_shared<ImageSet>(generated_signature().tasks, std::move(images), std::move(targets));
}

Json fingerprint(const ImageSet& images) {
  return {{"samples", images.size()},
          {"images", tensor_checksum(images.images().values())},
          {"targets", tensor_checksum(images.targets())}};
}

}  // namespace reconcile
