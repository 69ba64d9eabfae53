#include "reconcile/metrics/task_type.h"

#include <ATen/ATen.h>

namespace reconcile {

std::string kind_name(TaskKind /*kind*/) { return "classification"; }

std::vector<Criterion> criteria(TaskKind /*kind*/) { return {{"accuracy", true}}; }

at::Tensor task_loss(const Task& /*task*/, const at::Tensor& prediction, const at::Tensor& target) {
  return at::cross_entropy_loss(prediction, target);
}

void MetricSum::add(const at::Tensor& prediction, const at::Tensor& target) {
  const at::NoGradGuard no_grad;
  const int64_t size = target.size(0);
  count_ += size;
  correct_ += prediction.argmax(1).eq(target).sum().item<int64_t>();
  loss_ += task_loss(task_, prediction, target).item<double>() * static_cast<double>(size);
}

MetricValues MetricSum::result() const {
  if (count_ == 0) return {};
  const auto count = static_cast<double>(count_);
  return {{"accuracy", static_cast<double>(correct_) / count}, {"loss", loss_ / count}};
}

}  // namespace reconcile
