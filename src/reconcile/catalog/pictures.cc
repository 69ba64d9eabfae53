#include "reconcile/catalog/pictures.h"

#include <ATen/ATen.h>

#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/data/prediction_picture.h"
#include "reconcile/files/picture.h"
#include "reconcile/files/resize.h"
#include "reconcile/metrics/task_type.h"
#include "reconcile/train/device.h"

namespace reconcile {
namespace {

constexpr int64_t kMostSamples = 4, kMostSide = 160;
constexpr size_t kMostTasks = 8;

/// The middles of equal parts of the data.
std::vector<int64_t> spread_samples(int64_t size) {
  const int64_t count = std::min(kMostSamples, size);
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < count; ++i) samples.push_back((2 * i + 1) * size / (2 * count));
  return samples;
}

/// Inputs [C, H, W] as they were before `normalise`.
at::Tensor denormalise(const at::Tensor& x, const TransformOptions& options) {
  const auto numbers = [&](const std::vector<double>& given) {
    return at::tensor(given, x.options().dtype(at::kFloat)).view({-1, 1, 1});
  };
  const at::Tensor scaled = options.std.empty() ? x : x * numbers(options.std);
  return options.mean.empty() ? scaled : scaled + numbers(options.mean);
}

/// Writes one picture, made smaller where it is large; returns its path inside of the run.
std::string save(const std::filesystem::path& directory, const std::string& name, at::Tensor picture) {
  const int64_t side = std::max(picture.size(1), picture.size(2));
  if (side > kMostSide) {
    const auto scaled = [&](int64_t size) { return std::max<int64_t>(size * kMostSide / side, 1); };
    picture = resize_picture(picture, scaled(picture.size(1)), scaled(picture.size(2)));
  }
  std::string path = fmt::format("pictures/{}.png", name);
  write_atomically(directory / path, encode_png(picture));
  return path;
}

/// The task's first criterion on one sample; null where nothing is known of it.
Json score_of(const Task& task, const at::Tensor& target, const at::Tensor& prediction) {
  MetricSum sum(task);
  sum.add(prediction.unsqueeze(0), target.unsqueeze(0));
  const MetricValues values = sum.result();
  const std::string metric = criteria(task.kind).front().metric;
  return values.contains(metric) ? number(values.at(metric)) : Json(nullptr);
}

Json save_task(const std::filesystem::path& directory, const std::string& stem, const Task& task,
               const at::Tensor& target, const at::Tensor& prediction) {
  const PredictionPicture drawn = prediction_picture(task, target, prediction);
  Json entry{{"truth", save(directory, stem + "-truth", drawn.truth)},
             {"prediction", save(directory, stem + "-prediction", drawn.prediction)}};
  if (drawn.error.defined()) entry["error"] = save(directory, stem + "-error", drawn.error);
  entry["score"] = score_of(task, target, prediction);
  return entry;
}

}  // namespace

void save_pictures(MultiTaskModel& model, const Dataset& data, const TransformOptions& transform,
                   const std::filesystem::path& directory) {
  if (data.size() == 0) return;
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> samples = spread_samples(data.size());
  const Batch batch = data.batch(samples);
  model.set_training(false);
  std::vector<at::Tensor> predictions = model.forward(to_device(batch, model.device(), Layout::kNchw).inputs);
  for (auto& prediction : predictions) prediction = prediction.cpu();
  model.set_training(true);
  make_folder(directory / "pictures");
  const bool is_shared = batch.inputs.partition().is_shared();
  const size_t num_tasks = std::min(model.tasks().size(), kMostTasks);
  Json list = Json::array();
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    const auto input = [&](size_t task, const std::string& name) {
      const at::Tensor x = batch.inputs.of_task(static_cast<int64_t>(task))[place];
      return save(directory, name, input_picture(denormalise(x, transform)));
    };
    Json entry{{"sample", samples[i]}, {"input", input(0, fmt::format("{}-input", i))}, {"tasks", Json::object()}};
    for (size_t t = 0; t < num_tasks; ++t) {
      const std::string stem = fmt::format("{}-{}", i, t);
      Json shown = save_task(directory, stem, model.tasks()[t], batch.targets[t][place], predictions[t][place]);
      if (!is_shared) shown["input"] = input(t, stem + "-input");
      entry["tasks"][model.tasks()[t].name] = std::move(shown);
    }
    list.push_back(std::move(entry));
  }
  write_json(directory / "pictures.json", Json{{"samples", list}});
}

}  // namespace reconcile
