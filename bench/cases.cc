#include "cases.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"

namespace reconcile::bench {
namespace {

TaskSet classifications(int64_t count, int64_t classes) {
  TaskSet tasks;
  for (int64_t t = 0; t < count; ++t) {
    tasks.push_back({fmt::format("T{}", t + 1), TaskKind::kClassification, classes});
  }
  return tasks;
}

at::Tensor random_target(const Task& task, int64_t batch_size, const std::vector<int64_t>& shape) {
  if (task.kind == TaskKind::kSegmentation)
    return at::randint(0, task.num_outputs, {batch_size, shape[1], shape[2]}, at::kLong);
  if (task.kind == TaskKind::kDepth) return at::rand({batch_size, 1, shape[1], shape[2]}) + 0.1;
  return at::randint(0, task.num_outputs, {batch_size}, at::kLong);
}

}  // namespace

Case find_case(const std::string& name, int64_t num_tasks) {
  if (num_tasks < 1) fail<InvalidArgument>("case \"{}\": {} tasks, must be at least 1.", name, num_tasks);
  if (name == "resnet18") return {"resnet18(features=100)", {classifications(num_tasks, 10), {1, 36, 36}}};
  if (name == "celeba") return {"resnet18(flatten=true)", {classifications(num_tasks, 2), {3, 64, 64}}};
  if (name == "mobilenet") {
    return {"mobilenet_v2(raspp=false, output_stride=32)", {classifications(num_tasks, 10), {3, 128, 128}}};
  }
  if (name != "segnet") fail<InvalidArgument>("no case \"{}\": resnet18, segnet, mobilenet or celeba.", name);
  if (num_tasks != 2) fail<InvalidArgument>("case \"segnet\": {} tasks, it has 2.", num_tasks);
  return {"segnet", {{{"semantic", TaskKind::kSegmentation, 7}, {"depth", TaskKind::kDepth, 1}}, {3, 128, 256}}};
}

Batch random_batch(const DataSignature& data, int64_t batch_size) {
  const auto& shape = data.input_shape;
  const at::Tensor inputs = at::rand({batch_size, shape[0], shape[1], shape[2]});
  Batch batch{Streams::shared(inputs, static_cast<int64_t>(data.tasks.size())), {}};
  for (const auto& task : data.tasks) batch.targets.push_back(random_target(task, batch_size, shape));
  return batch;
}

}  // namespace reconcile::bench
