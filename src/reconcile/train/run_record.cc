#include "reconcile/train/run_record.h"

#include "reconcile/base/version.h"
#include "reconcile/train/tuning.h"

namespace reconcile {

Json run_record(const TrainJob& job, Layout layout, int64_t steps_per_epoch) {
  const ParamLayout parameters = job.model.shared_layout();
  Json layers = Json::array();
  for (const auto& layer : parameters.layers()) layers.push_back({{"name", layer.name}, {"size", layer.size()}});
  Json tasks = Json::array();
  for (const auto& task : job.model.tasks()) {
    tasks.push_back({{"name", task.name}, {"kind", kind_name(task.kind)}, {"num_outputs", task.num_outputs}});
  }
  Json record{{"type", "run"}, {"schema_version", 2}, {"version", kVersion}};
  record.update(job.header);
  record.update({{"tasks", tasks},
                 {"layers", layers},
                 {"map_layout", layout_name(layout)},
                 {"precision", job.options.precision},
                 {"thresholds", job.conflict.thresholds},
                 {"parameters", job.model.num_parameters()},
                 {"megabytes", static_cast<double>(job.model.num_parameters()) * 4.0 / (1 << 20)},
                 {"epochs", job.options.epochs},
                 {"steps_per_epoch", steps_per_epoch},
                 {"batch_size", job.options.batch_size}});
  return record;
}

}  // namespace reconcile
