#pragma once

#include <vector>

#include "reconcile/base/options.h"

namespace reconcile {

/// How one network is trained.
struct TrainOptions {
  int64_t epochs = 1;
  int64_t batch_size = 256;
  int64_t eval_batch_size = 1000;
  int64_t evaluate_every = 1;         ///< epochs between evaluations on the validation split; the last epoch always is
  int64_t checkpoint_every = 1;       ///< epochs between checkpoints
  double checkpoint_minutes = 10;     ///< after which one is taken within an epoch; 0 = never
  std::string nonfinite = "skip";     ///< what a step does that is not finite: stop | skip | rollback
  int64_t nonfinite_limit = 5;        ///< skips in a row, or rollbacks to one checkpoint, before the run stops
  int64_t workers = 1;                ///< threads that read batches ahead
  std::string averaging = "pixels";   ///< what a metric of pixels is a mean over: pixels | images
  std::string device = "cpu";         ///< where the network computes: cpu | cuda | cuda:N
  std::string layout = "position";    ///< of maps in memory: position | nchw | auto
  std::string precision = "float32";  ///< of products: float32 | bfloat16x3 | bfloat16
  bool edge_matching = false;         ///< whether edges are also scored by matching
  bool tensorboard = true;            ///< whether the run's folder gets event files
};
const OptionTable<TrainOptions>& train_options();

/// How a step forms its gradients, whatever the method.
struct StepOptions {
  std::string gradient = "parameters";  ///< what the aggregator sees: of the parameters, or of the representation
  std::string scope = "all";            ///< what it sees at once: all | layer | stage
  int64_t update_every = 1;             ///< steps between calls of the aggregator; its weights are kept in between
  std::string head_gradient = "own";    ///< own | weighted: whether its weights reach a task's own parameters
  double clip_norm = 0.0;               ///< largest norm of the shared gradient; 0 = any
  double rotation_rate = 0.1;           ///< learning rate of rotations, times that of the network
  int64_t accumulate = 1;               ///< parts that a batch is cut into, one after the other
  bool capture = false;                 ///< whether the passes are recorded once and replayed; not on the CPU
  bool recompute = false;               ///< whether pieces of the backbone keep only their inputs; same numbers
};
const OptionTable<StepOptions>& step_options();

/// What is counted about conflicts.
struct ConflictOptions {
  bool record = true;
  std::vector<double> thresholds = {0.0, -0.01, -0.02, -0.03, -0.04, -0.05, -0.06, -0.08, -0.1, -0.15, -0.2};
  double severe = -0.02;  ///< cosines below it are called severe in tables; must be among the thresholds
};
const OptionTable<ConflictOptions>& conflict_options();

}  // namespace reconcile
