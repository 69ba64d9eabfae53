#include "reconcile/train/options.h"

namespace reconcile {

const OptionTable<TrainOptions>& train_options() {
  using O = TrainOptions;
  static const OptionTable<O> table{
      option("epochs", &O::epochs, at_least(1), "passes over the training set"),
      option("batch_size", &O::batch_size, at_least(2),
             "samples a step; the last, smaller batch of an epoch is dropped"),
      option("eval_batch_size", &O::eval_batch_size, at_least(1),
             "samples at a time in evaluation; does not change the metrics"),
      option("evaluate_every", &O::evaluate_every, at_least(1), "epochs between evaluations on the validation split"),
      option("checkpoint_every", &O::checkpoint_every, at_least(1), "epochs between checkpoints"),
  };
  return table;
}

const OptionTable<ConflictOptions>& conflict_options() {
  using O = ConflictOptions;
  static const OptionTable<O> table{
      option("record", &O::record, any(), "count conflicts in every run; costs one backward pass for each task"),
      option("thresholds", &O::thresholds, above_up_to(-1, 0),
             "the grid of S whose exact counts are kept; 0 and `severe` must be in it"),
      option("severe", &O::severe, above_up_to(-1, 0), "cosines below it are called severe in tables"),
  };
  return table;
}

}  // namespace reconcile
