#include <filesystem>

#include "reconcile/base/text.h"
#include "reconcile/commands.h"
#include "reconcile/export/onnx.h"
#include "reconcile/export/torchscript.h"
#include "reconcile/run_folder.h"

namespace reconcile::tool {
namespace {

struct ExportArguments {
  RunArguments run;
  std::string format;
  std::string out;
  std::string tasks;
};

void export_run(const ExportArguments& arguments) {
  const RestoredModel run = arguments.run.restore();
  const Exportable source = exportable(*run.model, split(arguments.tasks, ','), run.data.input_shape);
  arguments.format == "onnx" ? export_onnx(source, arguments.out) : export_torchscript(source, arguments.out);
  std::vector<std::string> tasks;
  for (const Task& task : source.tasks) tasks.push_back(task.name);
  fmt::print("{}: {:.3f} MB, input [batch, {}], gives ({})\n", arguments.out,
             static_cast<double>(std::filesystem::file_size(arguments.out)) / 1e6, fmt::join(source.input_shape, ", "),
             fmt::join(tasks, ", "));
}

}  // namespace

void add_export(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("export", "write a trained network as a file that LibTorch or ONNX runs");
  auto arguments = std::make_shared<ExportArguments>();
  arguments->run.add_to(*verb);
  verb->add_option("--format", arguments->format, "of the file")
      ->required()
      ->check(CLI::IsMember({"torchscript", "onnx"}));
  verb->add_option("--out", arguments->out, "the file, e.g. net.pt or net.onnx")->required();
  verb->add_option("--tasks", arguments->tasks,
                   "only these, in this order, e.g. T2,T1; what no other needs is left out");
  verb->callback([arguments] { export_run(*arguments); });
}

}  // namespace reconcile::tool
