// Compares aggregators with what LibMTL's own classes gave on a toy problem (libmtl_toy.json): gradients G, losses L,
// step k with the losses L (1 - 0.1 k) and the same gradients. The numbers there have six decimals.
// Left out, because they are defects of LibMTL: Nash-MTL as installed (all weights 1), GLS' returned weights. Left out,
// because LibMTL answers another question: its GradNorm after the first step (softmax weights moved by the network's
// optimiser).

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "contract/aggregate.h"
#include "golden/golden.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

/// LibMTL stops MGDA at changes of 1e-5, CAGrad's SLSQP at 1e-6 of the objective, adds 1e-4 to UPGrad's Gramian, and
/// magnifies the last bits of float32 in 20 steps of SDMGrad.
constexpr double kInexact = 5e-4;

/// A row of the file, the spec that reproduces it, and how exact the row is.
struct Toy {
  std::string row;
  std::string spec;
  double rtol = 5e-6;
};

const std::vector<Toy> kToys = {
    {"EW", "sum"},
    {"Arithmetic", "mean"},
    {"GradNorm", "gradnorm"},
    {"MGDA_none", "mgda"},
    {"MGDA_l2", "mgda(normalize=l2)"},
    {"MGDA_loss", "mgda(normalize=loss)", kInexact},
    {"MGDA_loss+", "mgda(normalize=loss+)", kInexact},
    {"PCGrad_T2", "pcgrad"},
    {"GradVac_T2", "gradvac(beta=0.5)"},
    {"IMTL_G", "imtl_g"},
    {"IMTL", "imtl_g"},
    {"Aligned_MTL", "aligned_mtl"},
    {"FairGrad_a1.0", "fairgrad(alpha=1, normalise=false)"},
    {"FairGrad_a2.0", "fairgrad(alpha=2, normalise=false)"},
    {"Nash_fixed_point", "nashmtl"},
    {"UPGrad", "upgrad", kInexact},
    {"CAGrad_r0", "cagrad(c=0.5, rescale=0)", kInexact},
    {"CAGrad_r1", "cagrad(c=0.5, rescale=1)", kInexact},
    {"CAGrad_r2", "cagrad(c=0.5, rescale=2)", kInexact},
    {"MoCo", "moco(compat=libmtl)"},
    {"DB_MTL", "db_mtl_g(decay=0)"},
    {"DB_MTL_sigma0.5", "db_mtl_g"},
    {"ExcessMTL", "excess_mtl"},
    {"MoDo", "modo(gamma=0.1, rho=0.1)"},
    {"SDMGrad", "sdmgrad(rate=5)", kInexact},
};

bool is_known(const std::string& spec) {
  const auto& entries = aggregators();
  const std::string name = Spec::parse(spec).name;
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.info.name == name; });
}

/// Step k of the toy problem for `num_tasks` tasks; DB-MTL's rows are the gradients of log losses.
StepInput step_of(const Json& golden, const std::string& row, int64_t num_tasks, size_t k) {
  const at::Tensor losses = vector_of(golden["L"]).narrow(0, 0, num_tasks) * (1 - 0.1 * static_cast<double>(k));
  at::Tensor rows = rows_of(golden["G"]).narrow(0, 0, num_tasks);
  const at::Tensor noise = rows_of(golden["P"]).narrow(0, 0, num_tasks);
  StepInput step{rows, std::vector<double>(losses.data_ptr<double>(), losses.data_ptr<double>() + num_tasks), {}};
  if (row.starts_with("DB_MTL")) step.rows = rows / losses.unsqueeze(1);
  if (row == "MoDo") step = {rows - noise, step.losses, {rows, rows + noise}};
  if (row == "SDMGrad") step.independent = {rows + noise, rows - noise};
  return step;
}

/// The directions of a row's steps.
std::vector<at::Tensor> directions_of(const Json& golden, const std::string& row) {
  const Json& method = golden["methods"][row];
  if (method.contains("shared_grad")) return {vector_of(method["shared_grad"])};
  if (method.contains("alpha")) return {vector_of(method["alpha"]).matmul(rows_of(golden["G"]))};
  std::vector<at::Tensor> directions;
  for (const auto& step : method["steps"]) directions.push_back(vector_of(step["shared_grad"]));
  return directions;
}

TEST(GoldenLibMtl, AgreesWithItsOwnClasses) {
  const Json golden = golden_file("libmtl_toy.json");
  for (const auto& [row, spec, rtol] : kToys) {
    if (!is_known(spec)) continue;
    SCOPED_TRACE(row);
    const auto aggregator = make_aggregator(spec);
    const int64_t num_tasks = row.ends_with("_T2") ? 2 : 3;
    const auto expected = directions_of(golden, row);
    Rng rng(1);
    for (size_t k = 0; k < expected.size(); ++k) {
      const StepInput step = step_of(golden, row, num_tasks, k);
      expect_direction(aggregate(*aggregator, step, rng).direction, expected[k], step.rows, rtol);
    }
  }
}

}  // namespace
}  // namespace reconcile
