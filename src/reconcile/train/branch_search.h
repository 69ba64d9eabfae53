#pragma once

#include "reconcile/models/branching.h"
#include "reconcile/train/loop.h"

namespace reconcile {

/// How BMTAS looks for a tree.
struct BranchingOptions {
  int64_t epochs = 20;
  double warm_up = 0.05;           ///< share of the epochs in which every task keeps to its own column
  double start_temperature = 5.0;  ///< behind the warm-up; falls linearly
  double end_temperature = 0.1;
  double logit_share = 0.2;  ///< of the training samples, for the logits; the rest is for the weights
  double logit_rate = 0.01;  ///< Adam's learning rate of the logits
  double logit_weight_decay = 5e-5;
  double resource = 0.05;  ///< weight of the expected GFLOP in the logits' loss; 0 = cost does not count
};
const OptionTable<BranchingOptions>& branching_options();

/// Everything a search is made of; the parts must outlive it.
struct BranchSearch {
  BranchingModel& model;
  const DataSplits& data;
  BranchingOptions options;
  int64_t batch_size = 16;
  OptimizerOptions optimizer;  ///< of the weights; its memory starts anew each epoch
  Rng rng{0};
  std::filesystem::path directory;  ///< branch.jsonl, checkpoints
  TrainObserver& observer;
  const std::atomic<bool>& stop;
};

/// Searches by alternating epochs: one pass over the logits' samples (every task's loss and the expected cost, batch
/// statistics, one step a batch), then one over the weights' samples (one step for each task and batch). Continues from
/// the newest checkpoint in the directory, bit for bit (same threads): there is one of each epoch's end, and one of the
/// step after which it was stopped. False if it was stopped. Paper: Bruggemann et al., BMVC 2020, arXiv:2008.10292,
/// section 3 and supplement. Differs: running statistics go on instead of starting anew each epoch. InvalidArgument if
/// a part has no whole batch.
bool search_branches(const BranchSearch& search);

}  // namespace reconcile
