// Cost of a training step of ResNet-18 on 36x36 images with two tasks, as ratios against the plain joint step of the
// same run. The variants take turns, round by round, so that a slow moment of the machine hits them all; medians are
// printed. usage: bench_step [batch size, default 256] [rounds, default 7] [threads, default 2]

#include "reconcile/train/step.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <climits>

#include "reconcile/catalog/experiment.h"
#include "reconcile/catalog/method.h"
#include "reconcile/convert/convert.h"
#include "reconcile/convert/rules.h"

namespace reconcile {
namespace {

/// One way of taking a step, with its own network.
struct Variant {
  std::string name;
  std::unique_ptr<MultiTaskModel> model;
  Method method;
  std::optional<ConflictRecorder> recorder;
  std::optional<Step> step;
  std::vector<double> seconds;
};

std::unique_ptr<Variant> variant(const std::string& method, bool record, int64_t split_layers) {
  auto v = std::make_unique<Variant>();
  const DataSignature data{{{"T1", TaskKind::kClassification, 10}, {"T2", TaskKind::kClassification, 10}}, {1, 36, 36}};
  const auto& shape = data.input_shape;
  v->name = method + (record ? " + recorder" : "") +
            (split_layers > 0 ? fmt::format(", first {} layers split", split_layers) : "");
  Experiment experiment;
  experiment.backbone = Spec::parse("resnet18(features=100)");
  experiment.architecture = {"hps"};
  v->model = make_model(experiment, data, 1);
  const auto plan = choose_layers(fmt::format("first(k={})", split_layers), {}, *v->model, shape);
  convert(*v->model, plan, CopyInit::kFresh, Statistics::kMixed, shape, Rng(2));
  v->method = make_method(method, 2);
  if (record)
    v->recorder.emplace(v->model->shared_layout(), v->model->task_names(), std::vector<double>{0.0, -0.02, -0.1});
  v->step.emplace(*v->model, v->method.for_step(), StepOptions{}, OptimizerOptions{.lr = 0.01},
                  v->recorder ? &*v->recorder : nullptr);
  return v;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void run(int64_t batch_size, int64_t rounds) {
  std::vector<std::unique_ptr<Variant>> variants;
  variants.push_back(variant("sum", false, 0));
  variants.push_back(variant("sum", true, 0));
  for (const char* method : {"mgda", "pcgrad", "graddrop", "cagrad"}) variants.push_back(variant(method, false, 0));
  variants.push_back(variant("cagrad", true, 0));
  variants.push_back(variant("sum", false, 12));
  const Batch batch{Streams::shared(at::rand({batch_size, 1, 36, 36}), 2),
                    {at::randint(0, 10, {batch_size}, at::kLong), at::randint(0, 10, {batch_size}, at::kLong)}};
  Rng rng(1);
  for (int64_t round = 0; round <= rounds; ++round) {
    for (auto& v : variants) {
      const auto begin = std::chrono::steady_clock::now();
      (*v->step)({&batch, 1}, {}, 0.01, rng);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      if (round > 0) v->seconds.push_back(took.count());
    }
  }
  const double base = median(variants.front()->seconds);
  fmt::print("ResNet-18, 36x36, batch {}, {} threads, {} rounds; baseline: {}\n", batch_size, at::get_num_threads(),
             rounds, variants.front()->name);
  for (const auto& v : variants)
    fmt::print("{:<32} {:>8.1f} ms {:>6.2f}x\n", v->name, 1e3 * median(v->seconds), median(v->seconds) / base);
  fmt::print("recorder over the same step without it: cagrad {:.3f}x\n",
             median(variants[6]->seconds) / median(variants[5]->seconds));
}

}  // namespace
}  // namespace reconcile

int main(int argc, char** argv) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  at::set_num_threads(argc > 3 ? std::stoi(argv[3]) : 2);
  reconcile::run(argc > 1 ? std::stol(argv[1]) : 256, argc > 2 ? std::stol(argv[2]) : 7);
}
