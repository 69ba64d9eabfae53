// What a step refuses before it is made.

#include <fmt/format.h>

#include "reconcile/base/error.h"
#include "reconcile/train/step.h"

namespace reconcile {

void check_step(const StepOptions& options, const Aggregator& aggregator, const Where& where) {
  const bool parameters = options.gradient == "parameters";
  const auto refuse = [&](const std::string& key, const std::string& value, const std::string& rule) {
    fail<InvalidArgument>("{} = {}, {}", where(key), value, rule);
  };
  if (!aggregator.gives_weights()) {
    if (options.update_every > 1) {
      refuse("update_every", std::to_string(options.update_every),
             "but this method has no task weights that could be used again. Set it to 1.");
    }
    if (options.head_gradient == "weighted") {
      refuse("head_gradient", "\"weighted\"", "but this method has no task weights. Set it to \"own\".");
    }
  }
  if (options.capture && (!parameters || options.accumulate > 1 || aggregator.batches_per_step() > 1)) {
    refuse("capture", "true",
           "but only steps with gradients of the parameters and one batch in one part can be recorded. Set it to "
           "false.");
  }
  if (parameters) return;
  if (options.accumulate > 1) {
    refuse("accumulate", std::to_string(options.accumulate),
           "but with gradient = \"representation\" the whole graph is kept anyway. Set it to 1.");
  }
  if (options.scope != "all") {
    refuse("scope", fmt::format("\"{}\"", options.scope),
           "but with gradient = \"representation\" there are no layers to tell apart. Set it to \"all\".");
  }
  if (aggregator.batches_per_step() > 1) {
    refuse("gradient", "\"representation\"", "but this method needs gradients of several batches. Use \"parameters\".");
  }
}

}  // namespace reconcile
