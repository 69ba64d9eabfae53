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
      option("checkpoint_minutes", &O::checkpoint_minutes, at_least(0),
             "minutes after which a checkpoint is taken within an epoch; 0: never"),
      option("nonfinite", &O::nonfinite, one_of({"stop", "skip", "rollback"}),
             "what happens where a loss or gradient is not finite: the run stops, leaves the step out, or goes back to "
             "the last checkpoint with half the learning rate and leaves the step out (docs/guide/long-runs.md)"),
      option("nonfinite_limit", &O::nonfinite_limit, at_least(1),
             "steps left out in a row, or returns to one checkpoint, after which the run stops all the same"),
      option("workers", &O::workers, at_least(0),
             "threads that read batches ahead of the step; 0 reads in between; does not change any number"),
      option("averaging", &O::averaging, one_of({"pixels", "images"}),
             "metrics of depth and normals: over all pixels of the data set, or of each image and then averaged"),
      option("device", &O::device, any(),
             "where the network computes: \"cpu\", \"cuda\" or \"cuda:N\" (docs/guide/gpu.md)"),
      option(
          "layout", &O::layout, one_of({"position", "nchw", "auto"}),
          "how maps stand in memory: all channels of a position together, with our own convolutions; LibTorch's way; "
          "or the faster of the two, measured when the run starts (then equal seeds need not give equal bits)"),
      option("precision", &O::precision, one_of({"float32", "bfloat16x3", "bfloat16"}),
             "numbers in which convolutions and linear layers multiply: float32, three bfloat16 products that keep 16 "
             "bits, or one that keeps 8; sums, statistics and updates are float32"),
      option("edge_matching", &O::edge_matching, any(),
             "score edges also by matching thinned predictions with true edges (ods_f); takes long"),
      option("tensorboard", &O::tensorboard, any(),
             "write TensorBoard's event files into the run's folder while it trains (docs/guide/live-watching.md)"),
  };
  return table;
}

const OptionTable<StepOptions>& step_options() {
  using O = StepOptions;
  static const OptionTable<O> table{
      option("gradient", &O::gradient, one_of({"parameters", "representation"}),
             "what methods see: gradients of the shared parameters (one backward pass a task), or of what the heads "
             "read (one pass through the shared network)"),
      option("scope", &O::scope, one_of({"all", "layer", "stage"}),
             "aggregate the whole vector, each layer alone, or each stage (layers whose names agree up to the first "
             "dot)"),
      option("update_every", &O::update_every, at_least(1),
             "steps between calls of the aggregator; in between its last weights are used, with one backward pass"),
      option("head_gradient", &O::head_gradient, one_of({"own", "weighted"}),
             "a task's own parameters get the gradient of its own (scalarized) loss, or that times the aggregator's "
             "weight"),
      option("clip_norm", &O::clip_norm, at_least(0),
             "largest norm of the shared gradient, clipped after the backward pass; 0 does not clip"),
      option("rotation_rate", &O::rotation_rate, at_least(0),
             "learning rate of the rotations of [heads], times that of the network"),
      option("accumulate", &O::accumulate, at_least(1),
             "cut each batch into so many parts and add up their task gradients: less memory, same step"),
      option("capture", &O::capture, any(),
             "on a CUDA device: record the forward and backward passes once as a graph and replay it"),
      option("recompute", &O::recompute, any(),
             "keep only the inputs of the backbone's pieces and compute the rest again in every backward pass: less "
             "memory, more time, same step"),
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
