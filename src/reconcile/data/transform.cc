#include "reconcile/data/transform.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"

namespace reconcile {
namespace {

constexpr double kGray = 0.5;  // inputs around a shrunk sample

/// What is drawn for one sample: the window [height, width] at (top, left) that is enlarged to the whole, or that the
/// whole is shrunk to.
struct View {
  double zoom = 1;
  int64_t top = 0, left = 0, height = 0, width = 0;
  bool mirrored = false;
};

View draw_view(const TransformOptions& options, int64_t height, int64_t width, Rng rng) {
  View view;
  if (!options.zoom.empty()) view.zoom = options.zoom[static_cast<size_t>(rng.below(std::ssize(options.zoom)))];
  const auto smaller = [&view](int64_t side) {
    const auto whole = static_cast<double>(side);
    return std::max<int64_t>(1, static_cast<int64_t>(view.zoom > 1 ? whole / view.zoom : whole * view.zoom));
  };
  view.height = smaller(height);
  view.width = smaller(width);
  view.top = rng.below(height - view.height + 1);
  view.left = rng.below(width - view.width + 1);
  view.mirrored = options.flip && rng.uniform() < 0.5;
  return view;
}

at::Tensor window_of(const at::Tensor& whole, const View& view) {
  return whole.narrow(-2, view.top, view.height).narrow(-1, view.left, view.width);
}

at::Tensor resize(const at::Tensor& map, int64_t height, int64_t width, bool smooth) {
  const at::Tensor batch = map.unsqueeze(0).contiguous();
  return smooth ? at::upsample_bilinear2d(batch, {height, width}, /*align_corners=*/true)[0]
                : at::upsample_nearest2d(batch, {height, width})[0];
}

/// One input or dense target [C, H, W] (float) as it is seen.
at::Tensor seen(const at::Tensor& map, const View& view, bool smooth, double outside) {
  at::Tensor result = map;
  if (view.zoom > 1) result = resize(window_of(map, view), map.size(1), map.size(2), smooth);
  if (view.zoom < 1) {
    result = at::full_like(map, outside);
    window_of(result, view).copy_(resize(map, view.height, view.width, smooth));
  }
  return view.mirrored ? result.flip(-1) : result;
}

at::Tensor target_seen(const Task& task, const at::Tensor& target, const View& view, const TransformOptions& options) {
  const bool normals = task.kind == TaskKind::kNormals;
  const at::Tensor map = is_class(task.kind) ? target.unsqueeze(0).to(at::kFloat) : target;
  at::Tensor result = seen(map, view, normals, unknown_mark(task.kind));
  if (normals && view.mirrored) result = at::cat({-result.slice(0, 0, 1), result.slice(0, 1)});
  if (task.kind == TaskKind::kDepth && options.depth_under_zoom == "divide") result = result / view.zoom;
  if (task.kind == TaskKind::kDepth && options.depth_under_zoom == "multiply") result = result * view.zoom;
  return is_class(task.kind) ? result.squeeze(0) : result;
}

class Transformed final : public Dataset {
 public:
  Transformed(std::shared_ptr<const Dataset> whole, TransformOptions options, bool training)
      : whole_(std::move(whole)), options_(std::move(options)), training_(training) {}
  [[nodiscard]] const TaskSet& tasks() const override { return whole_->tasks(); }
  [[nodiscard]] int64_t size() const override { return whole_->size(); }
  [[nodiscard]] std::vector<int64_t> input_shape() const override { return whole_->input_shape(); }
  [[nodiscard]] std::shared_ptr<const Dataset> only(int64_t task) const override {
    return transformed(whole_->only(task), options_, training_);
  }

 private:
  [[nodiscard]] Batch read(std::span<const int64_t> samples, const Rng& rng) const override {
    Batch batch = whole_->batch(samples, rng);
    if (training_ && (options_.flip || !options_.zoom.empty())) augment(batch, rng.fork("view"));
    return {map(batch.inputs, [&](const at::Tensor& x) { return normalise(x, options_); }), std::move(batch.targets)};
  }

  /// The view of sample i depends on `rng` and i alone, and on the input where tasks have inputs of their own.
  void augment(Batch& batch, const Rng& rng) const {
    const Partition& partition = batch.inputs.partition();
    for (int64_t g = 0; g < partition.num_groups(); ++g) {
      const at::Tensor& inputs = batch.inputs.values()[static_cast<size_t>(g)];
      for (int64_t i = 0; i < inputs.size(0); ++i) {
        const Rng of_sample = rng.fork(static_cast<uint64_t>(g)).fork(static_cast<uint64_t>(i));
        const View view = draw_view(options_, inputs.size(2), inputs.size(3), of_sample);
        at::Tensor input = inputs[i];
        input.copy_(seen(input, view, /*smooth=*/true, kGray));
        for (int64_t t = 0; t < partition.num_tasks(); ++t) {
          if (partition[t] != g || !is_dense(tasks()[t].kind)) continue;
          at::Tensor target = batch.targets[static_cast<size_t>(t)][i];
          target.copy_(target_seen(tasks()[t], target, view, options_));
        }
      }
    }
  }

  std::shared_ptr<const Dataset> whole_;
  TransformOptions options_;
  bool training_;
};

/// [1 or C, 1, 1]
at::Tensor per_channel(const std::vector<double>& values) { return at::tensor(values, at::kFloat).view({-1, 1, 1}); }

}  // namespace

const OptionTable<TransformOptions>& transform_options() {
  using O = TransformOptions;
  static const OptionTable<O> table{
      option("mean", &O::mean, any(), "subtracted from the inputs (0 to 1), one number or one a channel; empty: none"),
      option("std", &O::std, above(0), "divides the inputs after that, one number or one a channel; empty: none"),
      option("zoom", &O::zoom, above(0),
             "training: each sample is enlarged by one of these, drawn anew; below 1 it is shrunk; empty: none"),
      option("flip", &O::flip, any(), "training: half of the samples are mirrored left to right"),
      option("depth_under_zoom", &O::depth_under_zoom, one_of({"divide", "multiply", "keep"}),
             "depth times what where a sample is enlarged: divide is right for metres; multiply for inverse depth, "
             "which the field divides nevertheless"),
  };
  return table;
}

void check_transform(const TransformOptions& options, const std::vector<int64_t>& input_shape, const Where& where) {
  const auto check = [&](const std::string& key, const std::vector<double>& values) {
    if (values.size() <= 1 || std::ssize(values) == input_shape[0]) return;
    fail<InvalidArgument>("{} = [{}], give one number, or one for each of the {} channels.", where(key),
                          fmt::join(values, ", "), input_shape[0]);
  };
  check("mean", options.mean);
  check("std", options.std);
}

at::Tensor normalise(const at::Tensor& x, const TransformOptions& options) {
  at::Tensor result = x;
  if (!options.mean.empty()) result = result - per_channel(options.mean).to(x.device());
  if (!options.std.empty()) result = result / per_channel(options.std).to(x.device());
  return result;
}

std::shared_ptr<const Dataset> transformed(std::shared_ptr<const Dataset> whole, const TransformOptions& options,
                                           bool training) {
  return std::make_shared<Transformed>(std::move(whole), options, training);
}

}  // namespace reconcile
