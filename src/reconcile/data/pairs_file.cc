#include "reconcile/data/pairs_file.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/generated.h"
#include "reconcile/files/numpy_pickle.h"

namespace reconcile {
namespace {

struct PairArrays {
  at::Tensor images, labels;  ///< [N, 1, 36, 36], [N, 2]
};

/// One split of the file, its labels checked by the ImageSet that they go to.
PairArrays pair_arrays(const at::Tensor& images, const at::Tensor& labels, const std::string& file) {
  const int64_t count = images.dim() == 0 ? 0 : images.size(0);
  const auto type = images.scalar_type();
  const bool whole_labels = at::isIntegralType(labels.scalar_type(), false);
  if (count == 0 || images.numel() != count * kGeneratedPixels || (type != at::kByte && !images.is_floating_point()) ||
      labels.sizes() != at::IntArrayRef({count, 2}) || !whole_labels) {
    fail<DataError>("{}: has images {} [{}] with labels {} [{}], expected [N, 36, 36] and whole numbers [N, 2].", file,
                    c10::toString(type), fmt::join(images.sizes(), ", "), c10::toString(labels.scalar_type()),
                    fmt::join(labels.sizes(), ", "));
  }
  const at::Tensor pictures = images.reshape({count, 1, kGeneratedSide, kGeneratedSide});
  return {type == at::kByte ? pictures : pictures.to(at::kFloat), labels.to(at::kLong)};
}

std::shared_ptr<const ImageSet> first_pairs(const PairArrays& arrays, int64_t begin, int64_t end, int64_t asked) {
  const int64_t last = asked == 0 ? end : std::min(end, begin + asked);
  const at::Tensor labels = arrays.labels.slice(0, begin, last);
  return std::make_shared<ImageSet>(generated_signature().tasks, arrays.images.slice(0, begin, last).contiguous(),
                                    std::vector{labels.select(1, 0).contiguous(), labels.select(1, 1).contiguous()});
}

}  // namespace

DataSplits load_pairs_file(const std::string& name, const PairsOptions& options) {
  const auto arrays = read_numpy_pickle(options.pickle);
  if (arrays.size() != 4) {
    fail<DataError>("{}: holds {} arrays, expected 4: training images and labels, test images and labels.",
                    options.pickle, arrays.size());
  }
  const PairArrays train = pair_arrays(arrays[0], arrays[1], options.pickle);
  const PairArrays test = pair_arrays(arrays[2], arrays[3], options.pickle);
  const int64_t size = train.images.size(0);
  const int64_t kept = size - size / 10;
  DataSplits splits;
  splits.fingerprint = {{"source", "Pareto MTL's pickle"}, {"dataset", name}};
  const auto keep = [&](const std::string& part, std::shared_ptr<const ImageSet> images) {
    splits.fingerprint[part] = fingerprint(*images);
    return images;
  };
  splits.train = keep("train", first_pairs(train, 0, kept, options.train_samples));
  splits.validation = keep("validation", first_pairs(train, kept, size, options.validation_samples));
  splits.test = keep("test", first_pairs(test, 0, test.images.size(0), options.test_samples));
  return splits;
}

}  // namespace reconcile
