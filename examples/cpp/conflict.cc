// Where do two tasks conflict? Ten lines of library use: gradients, a direction, the Gramian of every layer.

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "reconcile/catalog/catalog.h"

int main() {
  // [begin readme]
  reconcile::ParamLayout layout;
  layout.add_layer("conv");
  layout.add_parameter("conv.weight", 2);
  layout.add_layer("fc");
  layout.add_parameter("fc.weight", 1);
  const at::Tensor rows = at::tensor({-4.0, 1.0, 1.0, 6.0, 1.0, 1.0}).view({2, 3});  // one row for each task
  const reconcile::TaskGradients gradients(layout, rows);
  at::Tensor direction = at::zeros({3}, rows.options());
  reconcile::Rng rng(0);
  const auto cagrad = reconcile::make_aggregator("cagrad(c=0.4)");
  (*cagrad)(gradients, rng, direction);
  const at::Tensor conv = gradients.layer_gramians()[0];  // [2, 2]: the tasks pull against each other here
  // [end readme]
  fmt::print("products with the direction: {:.3f} {:.3f}; tasks in conv: {:.1f}\n",
             rows[0].dot(direction).item<double>(), rows[1].dot(direction).item<double>(), conv[0][1].item<double>());
  return conv[0][1].item<double>() < 0 ? 0 : 1;
}
