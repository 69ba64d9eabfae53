#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"
#include "reconcile/data/input_file.h"
#include "reconcile/files/npy.h"
#include "reconcile/progress.h"
#include "reconcile/run_folder.h"

namespace reconcile::tool {
namespace {

struct PredictArguments {
  RunArguments run;
  std::vector<std::string> inputs;
  std::string out;
  bool resize = false;
};

/// Predictions of every task for all samples of one file, [T] x [N, ...].
std::vector<at::Tensor> predict_file(MultiTaskModel& model, const at::Tensor& x, int64_t batch_size) {
  std::vector<std::vector<at::Tensor>> parts(model.num_tasks());
  for (const at::Tensor& batch : x.split(batch_size)) {
    const auto predictions = model.forward(Streams::shared(batch, model.num_tasks()));
    for (size_t t = 0; t < parts.size(); ++t) parts[t].push_back(predictions[t]);
  }
  std::vector<at::Tensor> whole;
  for (const auto& part : parts) whole.push_back(at::cat(part));
  return whole;
}

/// One line a sample: the class of every classification task and its probability.
void print_classes(const std::string& input, const TaskSet& tasks, const std::vector<at::Tensor>& predictions) {
  for (int64_t i = 0; i < predictions.front().size(0); ++i) {
    Json line{{"input", input}, {"sample", i}, {"tasks", Json::object()}};
    for (size_t t = 0; t < tasks.size(); ++t) {
      if (tasks[t].kind != TaskKind::kClassification) continue;
      const auto [probability, label] = predictions[t][i].softmax(0).max(0);
      line["tasks"][tasks[t].name] = {{"class", label.item<int64_t>()}, {"probability", probability.item<double>()}};
    }
    if (!line["tasks"].empty()) fmt::print("{}\n", line.dump());
  }
}

void write_array(const std::string& folder, const std::string& name, const at::Tensor& array) {
  const auto path = std::filesystem::path(folder) / (name + ".npy");
  write_atomically(path, encode_npy(array));
  say(fmt::format("{}: {} [{}]", path.string(), c10::toString(array.scalar_type()), fmt::join(array.sizes(), ", ")));
}

/// What the network says, and the classes where there is one for each pixel.
void write_task(const std::string& folder, const Task& task, const at::Tensor& prediction) {
  write_array(folder, task.name, prediction);
  if (task.kind != TaskKind::kSegmentation && task.kind != TaskKind::kParts) return;
  const at::Tensor classes = prediction.argmax(1);
  write_array(folder, task.name + ".classes", classes.to(task.num_outputs <= 256 ? at::kByte : at::kInt));
}

void predict(const PredictArguments& arguments) {
  const RestoredModel run = arguments.run.restore();
  const TaskSet& tasks = run.model->tasks();
  make_folder(arguments.out);
  run.model->set_training(false);
  const at::NoGradGuard no_grad;
  std::vector<std::vector<at::Tensor>> parts(tasks.size());
  for (const std::string& input : arguments.inputs) {
    const at::Tensor read = read_inputs(input, run.data.input_shape, arguments.resize);
    const at::Tensor x = normalise(read, run.experiment.transform);
    const auto predictions = predict_file(*run.model, x, run.experiment.train.eval_batch_size);
    print_classes(input, tasks, predictions);
    for (size_t t = 0; t < parts.size(); ++t) parts[t].push_back(predictions[t]);
  }
  for (size_t t = 0; t < parts.size(); ++t) write_task(arguments.out, tasks[t], at::cat(parts[t]));
}

}  // namespace

void add_predict(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("predict", "apply a trained network to arrays and images");
  auto arguments = std::make_shared<PredictArguments>();
  arguments->run.add_to(*verb);
  verb->add_option("inputs", arguments->inputs, ".npy arrays [N, C, H, W] or [C, H, W], PNG or JPEG images")
      ->required();
  verb->add_option("--out", arguments->out, "folder for one .npy array a task")->required();
  verb->add_flag("--resize", arguments->resize, "to the height and width that the network reads");
  verb->callback([arguments] { predict(*arguments); });
}

}  // namespace reconcile::tool
