// Compares the bilevel scalarizers with look_ahead.json, which make_look_ahead.py wrote without any of our C++.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reconcile/base/file.h"
#include "reconcile/catalog/catalog.h"

namespace reconcile {
namespace {

at::Tensor vector_of(const Json& values) { return at::tensor(values.get<std::vector<double>>(), at::kDouble); }

/// Loss t on batch b is scale[t] / 2 |p - centre[b][t]|^2.
class QuadraticProbe final : public Probe {
 public:
  explicit QuadraticProbe(const Json& golden) : point(vector_of(golden["start"])), scale_(vector_of(golden["scale"])) {
    for (const auto& batch : golden["centre"]) {
      std::vector<at::Tensor> of_tasks;
      for (const auto& centre : batch) of_tasks.push_back(vector_of(centre));
      centres_.push_back(at::stack(of_tasks));
    }
  }
  std::vector<double> losses(int64_t batch, const at::Tensor& shift) override {
    const at::Tensor values = scale_ / 2 * offsets(batch, shift).square().sum(1);
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
  }
  at::Tensor gradient(int64_t batch, const std::vector<double>& weights, const at::Tensor& shift) override {
    return rows(batch, shift).t().mv(at::tensor(weights, at::kDouble));
  }
  at::Tensor rows(int64_t batch, const at::Tensor& shift) override {
    return scale_.unsqueeze(1) * offsets(batch, shift);
  }
  at::Tensor point;  ///< [N]

 private:
  [[nodiscard]] at::Tensor offsets(int64_t batch, const at::Tensor& shift) const {
    return (shift.defined() ? point + shift : point) - centres_[static_cast<size_t>(batch)];
  }
  at::Tensor scale_;
  std::vector<at::Tensor> centres_;
};

TEST(GoldenLookAhead, AgreesWithTheIndependentScript) {
  const Json golden = Json::parse(read_file(std::string(RECONCILE_SOURCE_DIR) + "/tests/golden/look_ahead.json"));
  const double rate = golden["rate"];
  for (const auto& [name, steps] : golden["methods"].items()) {
    SCOPED_TRACE(name);
    QuadraticProbe probe(golden);
    const auto scalarizer = make_scalarizer(name, 3);
    EXPECT_EQ(scalarizer->batches_per_step(), 2);
    Rng rng(0);
    for (const auto& step : steps) {
      const at::Tensor gradient = scalarizer->look_ahead(probe, rate);
      const auto weights = (*scalarizer)(probe.losses(0, {}), {}, rng).weights;
      EXPECT_TRUE(at::allclose(at::tensor(weights, at::kDouble), vector_of(step["weights"]), 1e-9, 1e-12));
      ASSERT_EQ(gradient.defined(), !step["gradient"].is_null());
      if (gradient.defined()) {
        EXPECT_TRUE(at::allclose(gradient, vector_of(step["gradient"]), 1e-7, 1e-9));
      }
      probe.point = probe.point - rate * (gradient.defined() ? gradient : probe.gradient(0, weights, {}));
    }
  }
}

}  // namespace
}  // namespace reconcile
