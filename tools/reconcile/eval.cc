#include "reconcile/arguments.h"
#include "reconcile/catalog/run.h"
#include "reconcile/commands.h"
#include "reconcile/report/numbers.h"
#include "reconcile/train/evaluate.h"

namespace reconcile::tool {
namespace {

struct EvalArguments {
  std::string run;
  std::string split = "test";
  std::string weights = "last";
  bool json = false;
};

void eval(const EvalArguments& arguments) {
  const RestoredRun run = restore_run(arguments.run, arguments.weights == "last" ? "model" : "best");
  const Dataset& data = arguments.split == "test"    ? *run.data.test
                        : arguments.split == "train" ? *run.data.train
                                                     : *run.data.validation;
  const Json metrics = to_json(run.model->tasks(), evaluate(*run.model, data, run.experiment.train));
  if (arguments.json) {
    return print({{"run", arguments.run},
                  {"split", arguments.split},
                  {"weights", arguments.weights},
                  {"samples", data.size()},
                  {"metrics", metrics}});
  }
  for (const auto& [task, values] : metrics.items()) {
    fmt::print("{}: {} on {} {} samples\n", task, report::metric_words(values), data.size(), arguments.split);
  }
}

}  // namespace

void add_eval(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("eval", "evaluate a trained run");
  auto arguments = std::make_shared<EvalArguments>();
  verb->add_option("run", arguments->run, "folder of a finished run, e.g. runs/demo/base-sum/seed-0")->required();
  verb->add_option("--split", arguments->split, "which samples")
      ->check(CLI::IsMember({"test", "validation", "train"}))
      ->capture_default_str();
  verb->add_option("--weights", arguments->weights, "of the last epoch, or of the best on the validation split")
      ->check(CLI::IsMember({"last", "best"}))
      ->capture_default_str();
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { eval(*arguments); });
}

}  // namespace reconcile::tool
