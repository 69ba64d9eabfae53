#include "reconcile/catalog/sections.h"

namespace reconcile {

const OptionTable<Experiment>& root_options() {
  using O = Experiment;
  static const OptionTable<O> table{
      option("name", &O::name, any(), "title of the report"),
      option("method", &O::method, any(), "aggregator that `train` uses, e.g. cagrad(c=0.4)"),
      option("task", &O::task, any(), "`train` only this task; empty trains all"),
      option("seeds", &O::seeds, at_least(0), "one run of everything for each seed"),
      option("threads", &O::threads, at_least(0), "CPU threads; 0 takes all cores"),
  };
  return table;
}

const OptionTable<SearchOptions>& search_options() {
  using O = SearchOptions;
  static const OptionTable<O> table{
      option("method", &O::method, any(), "aggregator of the search run"),
      option("epochs", &O::epochs, at_least(1), "length of the search run"),
      option("threshold", &O::threshold, above_up_to(-1, 0), "S: a cosine below it counts as a conflict"),
      option("first_epoch", &O::first_epoch, at_least(1), "first epoch whose conflicts count"),
      option("last_epoch", &O::last_epoch, at_least(0), "last epoch whose conflicts count; 0 is the last of the run"),
  };
  return table;
}

const OptionTable<SplitOptions>& split_options() {
  using O = SplitOptions;
  static const OptionTable<O> table{
      option("rule", &O::rule, any(), "which layers become task-specific, e.g. top_k(k=25); `reconcile list rules`"),
      option("copies", &O::copies, one_of({"equal", "fresh"}),
             "equal: copies start with the same values; fresh: each is drawn anew"),
      option("statistics", &O::statistics, one_of({"mixed", "stream"}),
             "running statistics of a shared batch norm behind a fork: one mixed set, or one for each stream"),
  };
  return table;
}

const OptionTable<CompareOptions>& compare_options() {
  using O = CompareOptions;
  static const OptionTable<O> table{
      option("methods", &O::methods, any(), "aggregators to train, each without and with Recon"),
      option("single", &O::single, any(), "train one network for each task, the reference of delta m"),
      option("base", &O::base, any(), "train every method without Recon"),
      option("recon", &O::recon, any(), "train every method with Recon"),
  };
  return table;
}

const OptionTable<HeadOptions>& head_options() {
  static const OptionTable<HeadOptions> table{
      option("dense", &HeadOptions::dense, any(),
             "head of tasks with a prediction for each pixel; empty: the one that suits the backbone"),
      option("rotation", &HeadOptions::rotation, at_least(0),
             "RotoGrad: channels that each task rotates before its head reads them; 0 = none"),
  };
  return table;
}

const OptionTable<WeightOptions>& weight_options() {
  static const OptionTable<WeightOptions> table{
      option("file", &WeightOptions::file, any(),
             "pretrained weights of the backbone: a .pth or safetensors file, or e.g. torchvision:resnet18, which is "
             "fetched; empty: random values"),
  };
  return table;
}

}  // namespace reconcile
