#include "reconcile/data/generated.h"

#include <ATen/Parallel.h>

#include "reconcile/base/file.h"

namespace reconcile {

std::string tensor_checksum(const std::vector<at::Tensor>& tensors) {
  std::string bytes;
  for (const auto& tensor : tensors) bytes.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  return checksum(bytes);
}

void draw_samples(int64_t count, const Rng& stream, const std::function<void(int64_t sample, Rng rng)>& draw) {
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) draw(i, stream.fork(static_cast<uint64_t>(i)));
  });
}

DataSplits generate_splits(Json fingerprint, const Rng& root,
                           const std::function<GeneratedPart(size_t part, const Rng& stream)>& make) {
  DataSplits splits{.fingerprint = std::move(fingerprint)};
  const std::array samples = {&splits.train, &splits.validation, &splits.test};
  for (size_t part = 0; part < kPartNames.size(); ++part) {
    GeneratedPart made = make(part, root.fork(kPartNames[part]));
    *samples[part] = std::move(made.samples);
    splits.fingerprint[kPartNames[part]] = std::move(made.fingerprint);
  }
  return splits;
}

Column column_of(const at::Tensor& values, const std::string& name) {
  return {.size = values.size(0),
          .read = [values](int64_t sample) { return values[sample]; },
          .place = [name](int64_t sample) { return fmt::format("{} {}", name, sample); }};
}

DataSignature generated_signature() {
  return {.tasks = {{.name = "T1", .num_outputs = 10}, {.name = "T2", .num_outputs = 10}},
          .input_shape = {1, kGeneratedSide, kGeneratedSide}};
}

std::shared_ptr<const ImageSet> generate(int64_t count, const Rng& stream, const DrawSample& draw) {
  at::Tensor images = at::zeros({count, 1, kGeneratedSide, kGeneratedSide}, at::kByte);
  std::vector<at::Tensor> targets = {at::empty(count, at::kLong), at::empty(count, at::kLong)};
  uint8_t* pixels = images.data_ptr<uint8_t>();
  const std::array<int64_t*, 2> labels = {targets[0].data_ptr<int64_t>(), targets[1].data_ptr<int64_t>()};
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    const auto drawn = draw(i, rng, {pixels + i * kGeneratedPixels, kGeneratedPixels});
    for (size_t t = 0; t < drawn.size(); ++t) labels[t][i] = drawn[t];
  });
  return std::make_shared<ImageSet>(generated_signature().tasks, std::move(images), std::move(targets));
}

Json fingerprint(const ImageSet& images) {
  return {{"samples", images.size()},
          {"images", tensor_checksum(images.images().values())},
          {"targets", tensor_checksum(images.targets())}};
}

}  // namespace reconcile
