#include "reconcile/catalog/run.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <fstream>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_file.h"
#include "reconcile/base/text.h"
#include "reconcile/catalog/method.h"
#include "reconcile/catalog/pictures.h"
#include "reconcile/catalog/run_files.h"
#include "reconcile/convert/cost.h"
#include "reconcile/core/weights_file.h"
#include "reconcile/nn/pretrained.h"
#include "reconcile/nn/weights.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

/// The network of a run before training.
std::unique_ptr<MultiTaskModel> build(const Experiment& experiment, const DataSignature& data, int64_t seed,
                                      const std::optional<SplitPlan>& plan) {
  auto model = make_model(experiment, data, seed);
  if (plan) {
    convert(*model, *plan, experiment.copy_init(), experiment.statistics(), data.input_shape,
            Rng(static_cast<uint64_t>(seed)).fork("copies"));
  }
  return model;
}

std::string some(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const auto end = names.begin() + std::min<std::ptrdiff_t>(4, std::ssize(names));
  return fmt::format("{} ({}{})", names.size(), fmt::join(names.begin(), end, ", "), end == names.end() ? "" : " ...");
}

/// Sets every backbone from the file of the experiment; says what matched.
void set_pretrained(MultiTaskModel& model, const std::string& text, TrainObserver& observer) {
  if (text.empty()) return;
  const fs::path path = find_weights(text);
  const NamedTensors tensors = read_weights(path);
  for (const auto& [scope, layers] : model.backbones()) {
    const WeightReport report = set_weights(layers, tensors, path.string(), scope);
    std::vector<std::string> mismatched;
    for (const auto& row : report.mismatched) mismatched.push_back(row.name);
    observer.on_message(fmt::format("weights {}{}{}: matched {}, missing {}, unexpected {}, of another shape {}",
                                    path.string(), scope.empty() ? "" : " for ", scope, report.matched.size(),
                                    some(report.missing), some(report.unexpected), some(mismatched)));
  }
}

/// The name of the processor; "unknown" where the system does not say.
std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return std::string(trim(line.substr(line.find(':') + 1)));
  }
  return "unknown";
}

/// What the first line of run.jsonl says of a run besides what the loop knows.
Json header(const Experiment& experiment, const RunChoice& choice) {
  Json record{{"dataset", experiment.data.name},
              {"model", experiment.network_name()},
              {"method", choice.method},
              {"kind", choice.kind},
              {"seed", choice.seed},
              {"threads", at::get_num_threads()},
              {"processor", processor()},
              {"libtorch", TORCH_VERSION}};
  if (choice.kind == "train" && !experiment.expected.empty()) record["expected"] = to_json(experiment.expected);
  return record;
}

}  // namespace

Json train_run(const Experiment& whole, const RunChoice& choice, const DataSplits& data, const fs::path& directory,
               TrainObserver& observer, const std::atomic<bool>& stop) {
  Experiment experiment = whole;
  experiment.method = choice.method;
  experiment.task = choice.task;
  experiment.seeds = {choice.seed};
  const Method method =
      make_method(choice.method, static_cast<int64_t>(data.train->tasks().size()), experiment.step.scope);
  const auto model = build(experiment, {data.train->tasks(), data.train->input_shape()}, choice.seed, choice.plan);
  set_pretrained(*model, experiment.weights.file, observer);
  const Cost cost = measure_cost(*model, data.train->input_shape());
  make_folder(directory);
  write_atomically(directory / "config.toml", to_sealed_toml(experiment.resolved()));
  if (choice.plan) {
    write_json(directory / "plan.json", plan_to_json(*choice.plan, model->task_names()));
  }
  RunFiles files(experiment, data.train->tasks(), directory, observer);
  Json result = train({.model = *model,
                       .data = data,
                       .method = method.for_step(),
                       .options = experiment.train,
                       .step = experiment.step,
                       .optimizer = experiment.optimizer,
                       .schedule = experiment.schedule,
                       .conflict = experiment.conflict,
                       .rng = Rng(static_cast<uint64_t>(choice.seed)).fork("train"),
                       .directory = directory,
                       .header = header(experiment, choice),
                       .observer = files,
                       .stop = stop});
  if (result.is_null()) return result;
  if (!fs::exists(directory / "pictures.json")) save_pictures(*model, *data.test, experiment.transform, directory);
  Json run{{"kind", choice.kind},
           {"method", choice.method},
           {"task", choice.task.empty() ? Json(nullptr) : Json(choice.task)},
           {"seed", choice.seed},
           {"megabytes", cost.megabytes},
           {"macs", cost.macs},
           {"fork", cost.fork ? Json(*cost.fork) : Json(nullptr)}};
  run.update(result);
  files.add_pictures();
  return run;
}

RestoredModel restore_model(const fs::path& directory, const std::string& weights) {
  const fs::path file = directory / (weights + ".safetensors");
  if (!fs::exists(directory / "config.toml") || !fs::exists(file)) {
    fail<DataError>(
        "{}: no finished run: {} is missing. Name a folder that `reconcile train` or `recon` filled to the end.",
        directory.string(), fs::exists(directory / "config.toml") ? file.filename().string() : "config.toml");
  }
  RestoredModel run{read_experiment(Config::of_run(directory)), {}, nullptr};
  run.data = data_signature(run.experiment);
  if (!run.experiment.task.empty()) {
    std::erase_if(run.data.tasks, [&](const Task& task) { return task.name != run.experiment.task; });
  }
  const auto seed = run.experiment.seeds.front();
  run.model = build(run.experiment, run.data, seed, std::nullopt);
  if (fs::exists(directory / "plan.json")) {
    run.model = build(run.experiment, run.data, seed, read_plan(directory / "plan.json", *run.model));
  }
  run.model->load_state(decode_safetensors(read_file(file), file), file.string());
  return run;
}

RestoredRun restore_run(const fs::path& directory, const std::string& weights) {
  RestoredModel restored = restore_model(directory, weights);
  DataSplits data = load_data(restored.experiment, restored.experiment.task);
  return {std::move(restored.experiment), std::move(data), std::move(restored.model)};
}

}  // namespace reconcile
