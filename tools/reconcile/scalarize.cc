#include <cmath>

#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/commands.h"

namespace reconcile::tool {
namespace {

struct ScalarizeArguments {
  std::vector<std::string> specs;
  std::vector<std::string> losses;
  Moment moment;
  uint64_t seed = 0;
};

/// The numbers of `0.8,2.5,0.1`.
std::vector<double> parse_losses(const std::string& text) {
  std::vector<double> losses;
  for (const auto& piece : split_outside_brackets(text, ',')) {
    const Json value = parse_value(std::string(trim(piece)));
    if (!value.is_number() || !std::isfinite(value.get<double>())) {
      fail<InvalidArgument>("--losses {}: \"{}\" is not a finite number. Write one for each task: 0.8,2.5,0.1", text,
                            trim(piece));
    }
    losses.push_back(value.get<double>());
  }
  return losses;
}

/// The scalarizer's answer at the last of the given steps.
Json apply(const std::string& spec, const std::vector<std::vector<double>>& steps,
           const ScalarizeArguments& arguments) {
  const auto scalarizer = make_scalarizer(spec, static_cast<int64_t>(steps.front().size()));
  Rng rng(arguments.seed);
  Moment moment = arguments.moment;
  Scalarization result;
  for (const auto& losses : steps) {
    result = (*scalarizer)(losses, moment, rng);
    ++moment.step;
  }
  return {{"method", spec}, {"value", result.value}, {"weights", result.weights}};
}

void scalarize(const ScalarizeArguments& arguments) {
  std::vector<std::vector<double>> steps;
  for (const auto& text : arguments.losses) {
    steps.push_back(parse_losses(text));
    if (steps.back().size() != steps.front().size()) {
      fail<InvalidArgument>("--losses {}: {} tasks, the first --losses has {}.", text, steps.back().size(),
                            steps.front().size());
    }
  }
  const int64_t last = arguments.moment.step + static_cast<int64_t>(steps.size()) - 1;
  const int64_t total = arguments.moment.steps_per_epoch * arguments.moment.epochs;
  if (last >= total) {
    fail<InvalidArgument>("--step: step {} lies behind the end of a run of {} steps. Set --steps-per-epoch, --epochs.",
                          last, total);
  }
  Json results = Json::array();
  for (const auto& spec : arguments.specs) results.push_back(apply(spec, steps, arguments));
  print({{"losses", steps.back()}, {"step", last}, {"results", results}});
}

}  // namespace

void add_scalarize(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("scalarize", "apply scalarizers to losses: the value, and the true task weights");
  auto arguments = std::make_shared<ScalarizeArguments>();
  verb->add_option("spec", arguments->specs, "scalarizers, e.g. gls 'gemtl(p=0.5)'")->required();
  verb->add_option("--losses", arguments->losses, "0.8,2.5,0.1: one loss for each task; repeated: consecutive steps")
      ->required()
      ->allow_extra_args(false);
  verb->add_option("--step", arguments->moment.step, "of the first losses, in the whole run, from 0")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  arguments->moment.steps_per_epoch = 100;
  verb->add_option("--steps-per-epoch", arguments->moment.steps_per_epoch, "for methods that look at the time")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--epochs", arguments->moment.epochs, "for methods that look at the time")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--seed", arguments->seed, "of random methods")->capture_default_str();
  verb->callback([arguments] { scalarize(*arguments); });
}

}  // namespace reconcile::tool
