// Smooth random colour fields with targets of any list of tasks, each computed from the pixels: every kind of task can
// be trained, and any network planned, without files.

#include "reconcile/draw/fields.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/data/field_targets.h"
#include "reconcile/data/generated.h"
#include "reconcile/data/task_list.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kFieldsVersion = 1;  // raise it when the same seed gives other bytes
constexpr int64_t kBlock = 16;         // samples whose targets are computed at once

struct FieldsOptions {
  std::vector<std::string> tasks = {"semantic: segmentation(7)", "depth: depth", "normal: normals"};
  std::vector<int64_t> shape = {3, 32, 32};
  int64_t seed = 0;
  int64_t train_samples = 1000;
  int64_t validation_samples = 200;
  int64_t test_samples = 200;
  std::string inputs = "shared";
};

DataSignature signature(const FieldsOptions& options) {
  const auto& shape = options.shape;
  if (shape.size() != 3 || shape[0] < 1 || shape[1] < 4 || shape[2] < 4) {
    fail<InvalidArgument>("dataset \"fields\": shape = [{}], must be [channels, height, width], the sides at least 4.",
                          fmt::join(shape, ", "));
  }
  return {parse_tasks(options.tasks, "dataset \"fields\": tasks"), shape};
}

at::Tensor draw_images(const DataSignature& data, int64_t count, const Rng& stream) {
  const int64_t pixels = c10::multiply_integers(data.input_shape);
  at::Tensor images = at::empty({count, data.input_shape[0], data.input_shape[1], data.input_shape[2]}, at::kByte);
  uint8_t* bytes = images.data_ptr<uint8_t>();
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    draw_field(data.input_shape, rng, {bytes + i * pixels, static_cast<size_t>(pixels)});
  });
  return images;
}

/// In blocks that do not depend on the number of threads, each on one thread: the same bits on any number.
at::Tensor make_targets(const Task& task, const at::Tensor& images) {
  const int64_t count = images.size(0);
  at::Tensor targets = at::empty(target_shape(task, count, images.size(2), images.size(3)), field_type(task.kind));
  at::parallel_for(0, (count + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t size = std::min(kBlock, count - b * kBlock);
      targets.narrow(0, b * kBlock, size).copy_(field_targets(task, images.narrow(0, b * kBlock, size)));
    }
  });
  return targets;
}

std::shared_ptr<const ImageSet> make_split(const DataSignature& data, bool separate, int64_t count, const Rng& stream) {
  const int64_t num_tasks = std::ssize(data.tasks);
  std::vector<at::Tensor> images;
  for (int64_t g = 0; g < (separate ? num_tasks : 1); ++g) {
    images.push_back(draw_images(data, count, stream.fork(static_cast<uint64_t>(g))));
  }
  Streams streams(separate ? Partition::separate(num_tasks) : Partition::shared(num_tasks), std::move(images));
  std::vector<at::Tensor> targets;
  for (int64_t t = 0; t < num_tasks; ++t) targets.push_back(make_targets(data.tasks[t], streams.of_task(t)));
  return std::make_shared<ImageSet>(data.tasks, std::move(streams), std::move(targets));
}

DataSplits load_fields(const FieldsOptions& options) {
  const DataSignature data = signature(options);
  const std::array counts = {options.train_samples, options.validation_samples, options.test_samples};
  return generate_splits({{"generator", "fields"},
                          {"version", kFieldsVersion},
                          {"seed", options.seed},
                          {"tasks", options.tasks},
                          {"shape", options.shape},
                          {"inputs", options.inputs}},
                         Rng(static_cast<uint64_t>(options.seed)).fork("fields"),
                         [&](size_t part, const Rng& stream) -> GeneratedPart {
                           const bool separate = options.inputs == "separate";
                           const auto images = make_split(data, separate, counts[part], stream);
                           return {images, fingerprint(*images)};
                         });
}

}  // namespace

DatasetEntry fields_entry() {
  using O = FieldsOptions;
  return dataset_entry<O>({"fields", "Smooth random colours with targets of any tasks; needs no files", "ours"},
                          {option("tasks", &O::tasks, any(), "the tasks, each as \"name: kind(outputs)\""),
                           option("shape", &O::shape, at_least(1), "channels, height and width of the images"),
                           option("seed", &O::seed, at_least(0), "seed of the images"),
                           option("train_samples", &O::train_samples, at_least(0), "training images"),
                           option("validation_samples", &O::validation_samples, at_least(0), "validation images"),
                           option("test_samples", &O::test_samples, at_least(0), "test images"),
                           option("inputs", &O::inputs, one_of({"shared", "separate"}),
                                  "all tasks on the same images, or each on images of its own")},
                          load_fields, signature);
}

}  // namespace reconcile::dataset_entries
