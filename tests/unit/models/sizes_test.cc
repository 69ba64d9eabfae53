// Sizes of networks against published ones: recon.md 2.6 and libmtl.md 2 of our notes.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "unit/models/networks.h"

namespace reconcile {
namespace {

/// The tasks of NYUv2 (13 classes) or CityScapes (7 classes, no normals).
TaskSet scene_tasks(int64_t classes, bool normals) {
  TaskSet tasks{{"semantic", TaskKind::kSegmentation, classes}, {"depth", TaskKind::kDepth, 1}};
  if (normals) tasks.push_back({"normal", TaskKind::kNormals, 3});
  return tasks;
}

TaskSet pascal_tasks() {
  return {{"semseg", TaskKind::kSegmentation, 21},
          {"parts", TaskKind::kParts, 7},
          {"saliency", TaskKind::kSaliency, 1},
          {"normals", TaskKind::kNormals, 3}};
}

TaskSet attributes() {
  TaskSet tasks;
  for (int i = 1; i <= 40; ++i) tasks.push_back({fmt::format("A{}", i), TaskKind::kClassification, 2});
  return tasks;
}

struct Sizes {
  int64_t total, shared, layers;
  bool operator==(const Sizes&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Sizes& s) {
  return out << s.total << " parameters, " << s.shared << " shared, " << s.layers << " layers";
}

Sizes sizes(const NetworkSpec& spec) {
  const auto model = build_network(spec);
  return {model->num_parameters(), model->shared_layout().size(), static_cast<int64_t>(model->layers().size())};
}

double megabytes(int64_t parameters) { return static_cast<double>(parameters) * 4.0 / (1 << 20); }

TEST(Sizes, Resnet18OnMultiFashionMnist) {
  const NetworkSpec spec{.backbone = "resnet18", .backbone_options = {{"features", 100}}, .tasks = class_tasks(2)};
  EXPECT_EQ(sizes(spec), (Sizes{11223560, 11221540, 41}));
}

// Recon's own counts of dense networks hold 3 numbers that nothing uses (`logsigma`): ours are 3 smaller.
TEST(Sizes, SegnetOnCityscapesAndNyu) {
  NetworkSpec spec{.backbone = "segnet", .tasks = scene_tasks(7, false), .shape = {3, 128, 256}};
  EXPECT_EQ(sizes(spec), (Sizes{25017675 - 3, 24943296, 52}));
  EXPECT_NEAR(megabytes(sizes(spec).total), 95.435, 0.0005);
  spec.tasks = scene_tasks(13, true);
  EXPECT_NEAR(megabytes(sizes(spec).total), 95.578, 0.0005);
}

TEST(Sizes, MtanOnNyuAndCityscapes) {
  NetworkSpec spec{
      .backbone = "segnet", .architecture = "mtan", .tasks = scene_tasks(13, true), .shape = {3, 288, 384}};
  EXPECT_EQ(sizes(spec), (Sizes{44229076 - 3, 35163456, 72}));
  EXPECT_NEAR(megabytes(sizes(spec).total), 168.721, 0.0005);
  spec.tasks = scene_tasks(7, false);
  spec.shape = {3, 128, 256};
  EXPECT_NEAR(megabytes(sizes(spec).total), 157.192, 0.0005);
}

TEST(Sizes, SingleTaskSegnets) {
  const auto sum = [](const TaskSet& tasks) {
    int64_t total = 0;
    for (const auto& task : tasks) {
      total += sizes({.backbone = "segnet", .tasks = {task}, .shape = {3, 128, 256}}).total + 3;  // with logsigma
    }
    return megabytes(total);
  };
  EXPECT_NEAR(sum(scene_tasks(7, false)), 190.586, 0.0005);
  EXPECT_NEAR(sum(scene_tasks(13, true)), 285.880, 0.0005);
}

TEST(Sizes, MobilenetOnPascal) {
  const NetworkSpec spec{.backbone = "mobilenet_v2", .tasks = pascal_tasks(), .shape = {3, 512, 512}};
  EXPECT_EQ(sizes(spec), (Sizes{2107360, 1927168, 108}));
  int64_t single = 0;
  for (const auto& task : pascal_tasks()) {
    single += sizes({.backbone = "mobilenet_v2", .tasks = {task}, .shape = {3, 512, 512}}).total;
  }
  EXPECT_NEAR(megabytes(single), 30.094, 0.0005);
}

TEST(Sizes, Resnet18OnCelebA) {
  NetworkSpec spec{
      .backbone = "resnet18", .backbone_options = {{"flatten", true}}, .tasks = attributes(), .shape = {3, 64, 64}};
  EXPECT_NEAR(megabytes(sizes(spec).total), 43.260, 0.0005);
  spec.tasks = {spec.tasks.front()};
  EXPECT_NEAR(40 * megabytes(sizes(spec).total), 1706.03, 0.005);
}

// libmtl.md 2: NYUv2, dilated ResNet-50, ASPP heads.
TEST(Sizes, ArchitecturesOnNyu) {
  NetworkSpec spec{.backbone = "resnet50",
                   .backbone_options = {{"output_stride", 8}},
                   .tasks = scene_tasks(13, true),
                   .shape = {3, 288, 384}};
  const auto total = [&](const std::string& architecture, const Json& options = Json::object()) {
    spec.architecture = architecture;
    spec.architecture_options = options;
    return build_network(spec)->num_parameters();
  };
  EXPECT_EQ(sizes(spec), (Sizes{71888721, 23508032, 106}));
  EXPECT_EQ(total("cross_stitch"), 118904821);
  EXPECT_EQ(total("mtan"), 92347921);
  EXPECT_EQ(total("mmoe"), 97387415);
  EXPECT_EQ(total("cgc"), 144403479);
  EXPECT_EQ(total("dselect_k"), 99378077);
  EXPECT_EQ(total("ltb"), 118904839 - 18);  // LibMTL has six tables of logits and uses four
  EXPECT_EQ(total("ple", {{"shared_gate", false}}), 173599791);
}

}  // namespace
}  // namespace reconcile
