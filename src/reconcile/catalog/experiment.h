#pragma once

#include <map>
#include <string>
#include <vector>

#include "reconcile/base/config.h"
#include "reconcile/catalog/expected.h"
#include "reconcile/convert/convert.h"
#include "reconcile/data/dataset.h"
#include "reconcile/data/transform.h"
#include "reconcile/train/branch_search.h"
#include "reconcile/train/loop.h"

namespace reconcile {

/// The search run of Recon and how its conflicts become a ranking.
struct SearchOptions {
  std::string method = "sum";
  int64_t epochs = 1;
  double threshold = -0.1;  ///< S
  int64_t first_epoch = 1;  ///< scores count epochs first_epoch ... last_epoch
  int64_t last_epoch = 0;   ///< 0 = the last
};

/// Which layers are split, and how the copies start.
struct SplitOptions {
  std::string rule = "top_k(k=1)";
  std::string copies = "fresh";      ///< equal | fresh
  std::string statistics = "mixed";  ///< mixed | stream
};

/// What the pipeline trains.
struct CompareOptions {
  std::vector<std::string> methods = {"sum"};
  bool single = true;  ///< one network for each task, the reference of delta m
  bool base = true;    ///< every method without Recon
  bool recon = true;   ///< every method with Recon
};

/// The heads of the tasks.
struct HeadOptions {
  std::string dense;     ///< of tasks with a prediction for each pixel; "" = the one that suits the backbone
  int64_t rotation = 0;  ///< RotoGrad: channels that each task rotates before its head reads them; 0 = none
};

/// What the backbones start from.
struct WeightOptions {
  std::string file;  ///< for `find_weights`; "" = random values
};

/// One experiment file, completed with defaults: everything that a run depends on.
struct Experiment {
  std::string name = "experiment";
  std::string method = "sum";  ///< for `train`
  std::string task;            ///< for `train`: only this task; "" = all
  std::vector<int64_t> seeds = {0};
  int64_t threads = 0;  ///< 0 = all cores
  Spec data;
  TransformOptions transform;
  Spec backbone;
  Spec architecture;
  HeadOptions heads;
  WeightOptions weights;
  TrainOptions train;
  StepOptions step;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  ConflictOptions conflict;
  SearchOptions search;
  SplitOptions split;
  CompareOptions compare;
  BranchingOptions branching;
  std::vector<Expected> expected;
  std::map<std::string, std::string> origins;  ///< `Config::origins`; what is not in it is a default

  /// As in tables: "resnet18", or "mmoe on resnet18".
  [[nodiscard]] std::string network_name() const;
  /// Every key with its value, in the shape of the file.
  [[nodiscard]] Json resolved() const;
  [[nodiscard]] CopyInit copy_init() const { return split.copies == "equal" ? CopyInit::kEqual : CopyInit::kFresh; }
  [[nodiscard]] Statistics statistics() const {
    return split.statistics == "stream" ? Statistics::kStream : Statistics::kMixed;
  }
};

/// Checks everything that can be checked without data: unknown keys, types, ranges, names of methods, models, data sets
/// and rules. InvalidArgument with file and line, the value, the rule, and the nearest known name.
Experiment read_experiment(const Config& config);

/// Loads or generates the data of an experiment, transformed as it says, with only `task` where that is not "".
DataSplits load_data(const Experiment& experiment, const std::string& task);

/// Tasks and input shape of the experiment's data, without reading any.
DataSignature data_signature(const Experiment& experiment);

/// A freshly initialised network for data of that kind; for one task alone its architecture is `hps`, whatever the file
/// says: the reference of delta m is the plain backbone.
std::unique_ptr<MultiTaskModel> make_model(const Experiment& experiment, const DataSignature& data, int64_t seed);
/// The network in which BMTAS searches, from the experiment's backbone and heads.
std::unique_ptr<BranchingModel> make_branching_model(const Experiment& experiment, const DataSignature& data,
                                                     int64_t seed);

/// Tables of every section, for `describe experiment` and the docs: {section: rows}.
Json describe_experiment();

}  // namespace reconcile
