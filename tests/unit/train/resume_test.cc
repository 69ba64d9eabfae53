// A run that was stopped after random steps goes on to the bits of one that was not: whatever it is made of.

#include <gtest/gtest.h>

#include "reconcile/base/json_lines.h"
#include "reconcile/data/transform.h"
#include "unit/kernels/bfloat16.h"
#include "unit/train/fixtures.h"

namespace reconcile {
namespace {
namespace fs = std::filesystem;

/// One way of training, three epochs of six batches.
struct Way {
  std::string name;
  std::string aggregator = "sum";
  std::string scalarizer = "sum";
  NetworkSpec network;
  bool split = false;  ///< whether some layers have a copy for each task, as Recon makes them
  TrainOptions train;
  StepOptions step;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  TransformOptions transform;
};

Way plain_way(const std::string& name) {
  Way way;
  way.name = name;
  way.network.backbone = "small_cnn";
  way.network.backbone_options = {{"width", 4}, {"features", 8}};
  way.network.tasks = two_tasks();
  way.network.shape = kTinyShape;
  way.train.epochs = 3;
  way.train.batch_size = 16;
  way.optimizer.lr = 0.05;
  return way;
}

/// Every method, network and precision of the catalogues, every option of a step, every kind of update.
std::vector<Way> all_ways() {
  std::vector<Way> ways;
  const auto add = [&](const std::string& name, const std::function<void(Way&)>& change) {
    ways.push_back(plain_way(name));
    change(ways.back());
  };
#define X(stem) add("aggregator_" #stem, [](Way& way) { way.aggregator = #stem; });
#include "reconcile/aggregators/catalog.inc"
#undef X
#define X(stem) add("scalarizer_" #stem, [](Way& way) { way.scalarizer = #stem; });
#include "reconcile/scalarizers/catalog.inc"
#undef X
  for (const std::string& name : architecture_names()) {
    if (name == "mtan") continue;  // needs a network too large for here; tests/faults/kill_table.py has it
    add("architecture_" + name, [&](Way& way) { way.network.architecture = name; });
    add("architecture_" + name + "_adam", [&](Way& way) {
      way.network.architecture = name;
      way.optimizer.name = "adam";
      way.aggregator = "graddrop";
    });
  }
  add("vit", [](Way& way) {
    way.network.backbone = "vit";
    way.network.backbone_options = {{"width", 8}, {"depth", 2}, {"mlp", 8}};
  });
  add("mobilenet", [](Way& way) {
    way.network.backbone = "mobilenet_v2";
    way.network.backbone_options = Json::object();
    way.train.epochs = 1;
  });
  add("split", [](Way& way) { way.split = true; });
  add("split_pcgrad_adam", [](Way& way) {
    way.split = true;
    way.aggregator = "pcgrad";
    way.optimizer.name = "adam";
  });
  add("split_bfloat16", [](Way& way) {
    way.split = true;
    way.train.precision = "bfloat16";
  });
  add("accumulate", [](Way& way) { way.step.accumulate = 2; });
  add("accumulate_graddrop", [](Way& way) {
    way.step.accumulate = 4;
    way.aggregator = "graddrop";
  });
  add("update_every", [](Way& way) {
    way.step.update_every = 4;
    way.aggregator = "cagrad";
  });
  add("update_every_random", [](Way& way) {
    way.step.update_every = 3;
    way.aggregator = "random";
  });
  add("representation", [](Way& way) {
    way.step.gradient = "representation";
    way.aggregator = "mgda";
  });
  add("representation_pcgrad", [](Way& way) {
    way.step.gradient = "representation";
    way.aggregator = "pcgrad";
    way.optimizer.name = "adam";
  });
  add("rotations", [](Way& way) {
    way.step.gradient = "representation";
    way.network.rotation = 4;
    way.aggregator = "rotograd_scale";
  });
  add("weighted_heads_clipped", [](Way& way) {
    way.step.head_gradient = "weighted";
    way.step.clip_norm = 0.5;
    way.aggregator = "cagrad";
  });
  add("recompute", [](Way& way) { way.step.recompute = true; });
  add("recompute_vit", [](Way& way) {
    way.step.recompute = true;
    way.network.backbone = "vit";
    way.network.backbone_options = {{"width", 8}, {"depth", 2}, {"mlp", 8}};
  });
  add("nchw", [](Way& way) { way.train.layout = "nchw"; });
  add("bfloat16", [](Way& way) { way.train.precision = "bfloat16"; });
  add("bfloat16_random", [](Way& way) {
    way.train.precision = "bfloat16";
    way.scalarizer = "rlw";
    way.optimizer.name = "adam";
  });
  add("bfloat16x3", [](Way& way) {
    way.train.precision = "bfloat16x3";
    way.aggregator = "cagrad";
  });
  add("no_workers", [](Way& way) { way.train.workers = 0; });
  add("three_workers", [](Way& way) { way.train.workers = 3; });
  add("rare_checkpoints_and_evaluations", [](Way& way) {
    way.train.checkpoint_every = 2;
    way.train.evaluate_every = 2;
    way.aggregator = "moco";
  });
  add("adam_cosine", [](Way& way) {
    way.optimizer.name = "adam";
    way.optimizer.weight_decay = 0.01;
    way.schedule.name = "cosine";
  });
  add("sgd_milestones", [](Way& way) {
    way.optimizer.weight_decay = 0.01;
    way.schedule.name = "multi_step";
    way.schedule.milestones = {1, 2};
  });
  add("no_momentum", [](Way& way) { way.optimizer.momentum = 0; });
  add("augmented", [](Way& way) {
    way.transform.mean = {0.5};
    way.transform.zoom = {1, 1.3, 1.6};
    way.transform.flip = true;
    way.train.workers = 3;
  });
  add("augmented_double_sampling", [](Way& way) {
    way.transform.zoom = {0.8, 1.2};
    way.transform.flip = true;
    way.aggregator = "modo";
  });
  return ways;
}

std::unique_ptr<MultiTaskModel> network_of(const Way& way, uint64_t seed) {
  NetworkSpec spec = way.network;
  spec.seed = seed;
  auto model = build_network(spec);
  if (way.split) {
    for (const char* layer : {"block2.conv", "fc"}) {
      model->layer(layer)->split(Partition::separate(2), CopyInit::kFresh, Rng(seed));
    }
  }
  return model;
}

Json train_way(MultiTaskModel& model, const Way& way, const fs::path& directory, Stopper& observer) {
  const TinyMethod method(way.aggregator, way.scalarizer);
  const DataSplits data{transformed(quadrants(96, 1), way.transform, true),
                        transformed(quadrants(32, 2), way.transform, false),
                        transformed(quadrants(32, 3), way.transform, false),
                        {}};
  ConflictOptions conflict;
  conflict.record = way.step.gradient == "parameters";
  return train({.model = model,
                .data = data,
                .method = method.for_step(),
                .options = way.train,
                .step = way.step,
                .optimizer = way.optimizer,
                .schedule = way.schedule,
                .conflict = conflict,
                .rng = Rng(7),
                .directory = directory,
                .header = {{"method", way.aggregator}},
                .observer = observer,
                .stop = observer.stop});
}

/// Two stops, so that a continued run is stopped too: after 1 ... all steps together.
std::pair<int64_t, int64_t> random_stops(const Way& way) {
  const int64_t steps = way.train.epochs * 6 / TinyMethod(way.aggregator, way.scalarizer).for_step().batches_per_step();
  Rng rng = Rng(11).fork(way.name);
  const int64_t first = 1 + rng.below(steps - 1);
  return {first, 1 + rng.below(steps - first)};
}

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

class EveryWay : public testing::TestWithParam<Way> {};

TEST_P(EveryWay, AStoppedRunContinuesBitForBit) {
  const Way& way = GetParam();
  if (way.train.precision != "float32" && !test::has_bfloat16()) GTEST_SKIP() << test::kNoBfloat16;
  const auto straight = network_of(way, 1);
  Stopper never;
  const fs::path one = fresh_folder("straight");
  const Json expected = train_way(*straight, way, one, never);
  const fs::path two = fresh_folder("stopped");
  const auto [first, second] = random_stops(way);
  for (const int64_t stop_after : {first, second}) {
    const auto model = network_of(way, 1);
    Stopper stopper(stop_after);
    EXPECT_TRUE(train_way(*model, way, two, stopper).is_null());
  }
  const auto resumed = network_of(way, 99);  // its own initial values must not matter
  Stopper watcher;
  const Json actual = train_way(*resumed, way, two, watcher);
  expect_same_weights(*straight, *resumed);
  EXPECT_EQ(expected.at("last"), actual.at("last"));
  EXPECT_EQ(expected.at("best"), actual.at("best"));
  EXPECT_EQ(without_times(one / "run.jsonl"), without_times(two / "run.jsonl"));
  EXPECT_TRUE(watcher.messages.back().starts_with("resuming at epoch ")) << watcher.messages.front();
}

INSTANTIATE_TEST_SUITE_P(All, EveryWay, testing::ValuesIn(all_ways()),
                         [](const auto& info) { return info.param.name; });

/// The most that a method remembers is of one step: none may be a bad one to stop at.
TEST(Train, CanBeStoppedAfterAnyStep) {
  Way way = plain_way("any_step");
  way.aggregator = "nashmtl";
  way.scalarizer = "famo";
  way.step.update_every = 4;
  way.optimizer.name = "adam";
  const auto straight = network_of(way, 1);
  Stopper never;
  train_way(*straight, way, fresh_folder("straight"), never);
  for (int64_t step = 1; step <= 18; ++step) {
    SCOPED_TRACE(step);
    const fs::path folder = fresh_folder("stopped");
    const auto stopped = network_of(way, 1);
    Stopper stopper(step);
    EXPECT_TRUE(train_way(*stopped, way, folder, stopper).is_null());
    const auto resumed = network_of(way, 99);
    Stopper watcher;
    train_way(*resumed, way, folder, watcher);
    expect_same_weights(*straight, *resumed);
  }
}

}  // namespace
}  // namespace reconcile
