// Compares edge matching with edge_scores.json, which make_edge_scores.py wrote without any of our C++.

#include "golden/golden.h"
#include "reconcile/metrics/task_type.h"

namespace reconcile {
namespace {

TEST(EdgeMatching, AgreesWithSciPyOnEveryScore) {
  const Json golden = golden_file("edge_scores.json");
  const auto height = golden["height"].get<int64_t>(), width = golden["width"].get<int64_t>();
  MetricSum sum({"edges", TaskKind::kEdges, 1}, {.match_edges = true});
  for (const auto& image : golden["images"]) {
    const at::Tensor logits = (vector_of(image["tenths"]) + 0.5) / 10;
    sum.add(logits.view({1, 1, height, width}).to(at::kFloat),
            vector_of(image["truth"]).view({1, 1, height, width}).to(at::kFloat));
  }
  const MetricValues values = sum.result();
  for (const char* name : {"ods_f", "ois_f", "average_precision"}) {
    EXPECT_NEAR(values.at(name), golden[name].get<double>(), 1e-12) << name;
  }
  EXPECT_LT(values.at("best_f"), values.at("ods_f"));  // pixel by pixel, a line that is one pixel off is wrong
}

}  // namespace
}  // namespace reconcile
