#include "reconcile/export/exportable.h"

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/base/version.h"
#include "reconcile/models/model.h"

namespace reconcile {
namespace {

/// The indices of the tasks called `names`.
std::vector<int64_t> indices_of(const std::vector<std::string>& names, const std::vector<std::string>& known) {
  std::vector<int64_t> indices;
  for (const auto& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      fail<InvalidArgument>("export: no task \"{}\" in this network.{} It has {}.", name, did_you_mean(name, known),
                            fmt::join(known, ", "));
    }
    const int64_t t = found - known.begin();
    if (std::find(indices.begin(), indices.end(), t) != indices.end()) {
      fail<InvalidArgument>("export: task \"{}\" is asked for twice, name each task once.", name);
    }
    indices.push_back(t);
  }
  return indices;
}

}  // namespace

Exportable exportable(MultiTaskModel& model, const std::vector<std::string>& tasks, std::vector<int64_t> input_shape) {
  std::vector<std::string> known;
  for (const auto& task : model.tasks()) known.push_back(task.name);
  const std::vector<int64_t> indices = indices_of(tasks.empty() ? known : tasks, known);
  Exportable result;
  for (const int64_t t : indices) result.tasks.push_back(model.tasks()[t]);
  result.input_shape = std::move(input_shape);
  result.state = model.state();
  result.forward = [&model, indices](const at::Tensor& x) {
    const std::vector<at::Tensor> all = model.forward(Streams::shared(x, model.num_tasks()));
    std::vector<at::Tensor> asked;
    for (const int64_t t : indices) asked.push_back(all[t]);
    return asked;
  };
  model.set_training(false);
  return result;
}

Json export_metadata(const Exportable& source) {
  Json tasks = Json::array();
  for (const Task& task : source.tasks) {
    tasks.push_back({{"name", task.name}, {"kind", kind_name(task.kind)}, {"outputs", task.num_outputs}});
  }
  return {{"version", kVersion}, {"input_shape", source.input_shape}, {"tasks", std::move(tasks)}};
}

}  // namespace reconcile
