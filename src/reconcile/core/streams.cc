#include "reconcile/core/streams.h"

#include "reconcile/base/error.h"

namespace reconcile {

Streams::Streams(Partition partition, std::vector<at::Tensor> values)
    : partition_(std::move(partition)), values_(std::move(values)) {
  if (static_cast<int64_t>(values_.size()) != partition_.num_groups()) {
    fail<InvalidArgument>("streams: {} values for {} groups of tasks.", values_.size(), partition_.num_groups());
  }
}

Streams Streams::shared(at::Tensor value, int64_t num_tasks) {
  return {Partition::shared(num_tasks), {std::move(value)}};
}

Streams map(const Streams& x, const std::function<at::Tensor(const at::Tensor&)>& f) {
  std::vector<at::Tensor> values;
  for (const auto& value : x.values()) values.push_back(value.defined() ? f(value) : value);
  return {x.partition(), std::move(values)};
}

Streams zip(const Streams& a, const Streams& b,
            const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& f) {
  Partition partition = refine(a.partition(), b.partition());
  std::vector<at::Tensor> values;
  for (int64_t g = 0; g < partition.num_groups(); ++g) {
    const int64_t t = partition.first_task(g);
    const at::Tensor& u = a.of_task(t);
    const at::Tensor& v = b.of_task(t);
    values.push_back(u.defined() && v.defined() ? f(u, v) : at::Tensor());
  }
  return {std::move(partition), std::move(values)};
}

}  // namespace reconcile
