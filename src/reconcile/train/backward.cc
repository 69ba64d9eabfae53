#include "reconcile/train/backward.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <numeric>

#include "reconcile/base/error.h"
#include "reconcile/base/stopwatch.h"
#include "reconcile/core/chunks.h"
#include "reconcile/core/row_products.h"

namespace reconcile {
namespace {

using Tensors = std::vector<at::Tensor>;

void append(Tensors& to, const Tensors& more) { to.insert(to.end(), more.begin(), more.end()); }

/// Pulls cotangents back to `parameters` and writes or adds the results to `places`.
void pull_to(const Tensors& outputs, const Tensors& cotangents, const Tensors& parameters, const Tensors& places,
             bool keep_graph, bool add) {
  Tensors reached;
  Tensors given;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!cotangents[i].defined()) continue;
    reached.push_back(outputs[i]);
    given.push_back(cotangents[i]);
  }
  const auto gradients = reached.empty() ? Tensors(parameters.size())
                                         : torch::autograd::grad(reached, parameters, given, keep_graph, false,
                                                                 /*allow_unused=*/true);
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < places.size(); ++i) {
    at::Tensor place = places[i].view_as(parameters[i]);  // a gradient's axes may lie in another order
    if (!gradients[i].defined()) {
      if (!add) place.zero_();
    } else if (add) {
      place.add_(gradients[i]);
    } else {
      place.copy_(gradients[i]);
    }
  }
}

/// Sum of the squares of all numbers: one pass where they are floats on the CPU, else one operation a tensor. What
/// floats cannot hold is found in double.
double sum_of_squares(const Tensors& tensors) {
  std::vector<int64_t> sizes;
  bool is_flat = true;
  for (const auto& tensor : tensors) {
    sizes.push_back(tensor.numel());
    is_flat = is_flat && tensor.device().is_cpu() && tensor.is_contiguous() && tensor.scalar_type() == at::kFloat;
  }
  if (is_flat) {
    const std::vector<Piece> pieces = cut_to_pieces(sizes);
    std::vector<double> sums(pieces.size());
    for_pieces(pieces, [&](int64_t k) {
      const RowsView<float> row{tensors[pieces[k].index].data_ptr<float>(), 1, 0};
      add_row_products(row, row, true, pieces[k].begin, pieces[k].end, &sums[k]);
    });
    const double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
    if (std::isfinite(sum)) return sum;
  }
  Tensors norms;
  for (const auto& tensor : tensors) norms.push_back(tensor.norm(2, at::kDouble));
  return at::stack(norms).square().sum().item<double>();
}

}  // namespace

Backward::Backward(const MultiTaskModel& model)
    : layout_(model.shared_layout()),
      shared_(model.shared_parameters()),
      shared_gradient_(at::zeros({layout_.size()}, shared_.empty() ? at::TensorOptions() : shared_.front().options())) {
  for (const auto& range : layout_.parameters()) {
    shared_places_.push_back(shared_gradient_.slice(0, range.begin, range.end));
  }
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    own_.push_back(model.task_parameters(t));
    auto& places = own_gradients_.emplace_back();
    for (const auto& parameter : own_.back()) places.push_back(at::zeros_like(parameter));
  }
  seconds_.tasks.resize(own_.size());
}

Backward::Seconds Backward::take_seconds() { return std::exchange(seconds_, {std::vector<double>(own_.size()), 0.0}); }

NamedTensors Backward::parameters() const {
  NamedTensors named;
  for (size_t i = 0; i < shared_.size(); ++i) named.emplace_back(layout_.parameters()[i].name, shared_[i]);
  for (size_t t = 0; t < own_.size(); ++t) {
    for (size_t i = 0; i < own_[t].size(); ++i) named.emplace_back(fmt::format("task{}.{}", t, i), own_[t][i]);
  }
  return named;
}

std::vector<at::Tensor> Backward::gradients() const {
  Tensors places = shared_places_;
  for (const auto& of_task : own_gradients_) append(places, of_task);
  return places;
}

TaskGradients Backward::make_rows() const { return {layout_, num_tasks(), shared_gradient_.options()}; }

void Backward::pull(const Tensors& outputs, const Tensors& shared, const Tensors& own, bool add) {
  const Stopwatch watch(seconds_.joint);
  Tensors own_parameters;
  Tensors own_places;
  for (size_t t = 0; t < own_.size(); ++t) {
    append(own_parameters, own_[t]);
    append(own_places, own_gradients_[t]);
  }
  if (own.empty()) {
    append(own_parameters, shared_);
    append(own_places, shared_places_);
    return pull_to(outputs, shared, own_parameters, own_places, false, add);
  }
  pull_to(outputs, shared, shared_, shared_places_, true, add);
  pull_to(outputs, own, own_parameters, own_places, false, add);
}

void Backward::pull_rows(const Tensors& losses, const std::vector<Tensors>& leaves, TaskGradients& rows, bool add) {
  const at::Tensor one = at::ones_like(losses.front());
  for (int64_t t = 0; t < num_tasks(); ++t) {
    const Stopwatch watch(seconds_.tasks[t]);
    Tensors parameters = leaves.empty() ? shared_ : leaves[t];
    Tensors places;
    for (size_t i = 0; i < parameters.size(); ++i) places.push_back(rows.place(t, static_cast<int64_t>(i)));
    append(parameters, own_[t]);
    append(places, own_gradients_[t]);
    pull_to({losses[t]}, {one}, parameters, places, t + 1 < num_tasks(), add);
  }
  rows.changed();
}

void Backward::set(const at::Tensor& flat) {
  int64_t begin = 0;
  const Tensors places = gradients();
  for (const at::Tensor& place : places) {
    place.copy_(flat.narrow(0, begin, place.numel()).view_as(place));
    begin += place.numel();
  }
}

void Backward::scale_own(const std::vector<double>& weights) {
  const at::NoGradGuard no_grad;
  for (size_t t = 0; t < own_.size(); ++t) {
    if (weights[t] == 1.0) continue;
    for (const auto& place : own_gradients_[t]) at::Tensor(place).mul_(weights[t]);
  }
}

void Backward::check_and_clip(double clip_norm) {
  const at::NoGradGuard no_grad;
  Tensors own;
  for (const auto& of_task : own_gradients_) append(own, of_task);
  const double norm = std::sqrt(sum_of_squares({shared_gradient_}));
  if (!std::isfinite(norm) || !(own.empty() || std::isfinite(sum_of_squares(own)))) {
    fail<NotFinite>(
        "a gradient is not finite; nothing was updated. Lower the learning rate, or look for log(0) and "
        "divisions by 0 in the losses.");
  }
  if (clip_norm > 0 && norm > clip_norm) shared_gradient_.mul_(clip_norm / norm);
}

}  // namespace reconcile
