// Sizes of split networks against the published ones: recon.md 2.5 and 2.6 of our notes. Recon's own counts of dense
// networks hold 3 numbers that nothing uses.

#include <gtest/gtest.h>

#include "reconcile/convert/rules.h"
#include "unit/models/networks.h"

namespace reconcile {
namespace {

double megabytes(const NetworkSpec& spec, const std::string& ranking, int64_t k) {
  const auto model = build_network(spec);
  const std::string path = fmt::format("{}/tests/data/rankings/{}.json", RECONCILE_SOURCE_DIR, ranking);
  const SplitPlan plan = choose_layers(fmt::format("top_k(k={})", k), read_ranking(path), *model, spec.shape);
  return static_cast<double>(model->num_parameters() + 3 + added_parameters(plan, *model)) * 4.0 / (1 << 20);
}

TEST(PlanSizes, SegnetOnCityscapes) {
  const NetworkSpec spec{.backbone = "segnet",
                         .tasks = {{"semantic", TaskKind::kSegmentation, 7}, {"depth", TaskKind::kDepth, 1}},
                         .shape = {3, 128, 256}};
  EXPECT_NEAR(megabytes(spec, "cityscapes_S0.0", 39), 108.4385, 0.00005);
  EXPECT_NEAR(megabytes(spec, "cityscapes_S0.0", 40), 108.4405, 0.00005);
}

TEST(PlanSizes, MtanOnNyu) {
  const NetworkSpec spec{.backbone = "segnet",
                         .architecture = "mtan",
                         .tasks = {{"semantic", TaskKind::kSegmentation, 13},
                                   {"depth", TaskKind::kDepth, 1},
                                   {"normal", TaskKind::kNormals, 3}},
                         .shape = {3, 288, 384}};
  EXPECT_NEAR(megabytes(spec, "nyuv2_S-0.02", 15), 169.607, 0.0005);
  EXPECT_NEAR(megabytes(spec, "nyuv2_S-0.02", 22), 170.183, 0.0005);
}

TEST(PlanSizes, CelebaWithTheLayersOfMnist) {
  NetworkSpec spec{.backbone = "resnet18", .backbone_options = {{"flatten", true}}, .shape = {3, 64, 64}};
  for (int i = 0; i < 40; ++i) spec.tasks.push_back({fmt::format("A{}", i), TaskKind::kClassification, 2});
  const auto model = build_network(spec);
  SplitPlan plan{"test", {}};
  const LayerRanking ranking = read_ranking(RECONCILE_SOURCE_DIR "/tests/data/rankings/mnist_S-0.1.json");
  for (size_t i = 0; i < 25; ++i) plan.layers.emplace_back(ranking.layers[i].layer, Partition::separate(40));
  const int64_t parameters = model->num_parameters() + added_parameters(plan, *model);
  EXPECT_NEAR(static_cast<double>(parameters) * 4.0 / (1 << 20), 68.026, 0.0005);
}

}  // namespace
}  // namespace reconcile
