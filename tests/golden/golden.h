#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reconcile/base/file.h"
#include "reconcile/base/options.h"

namespace reconcile {

/// The contents of tests/golden/NAME.
inline Json golden_file(const std::string& name) {
  return Json::parse(read_file(std::string(RECONCILE_SOURCE_DIR) + "/tests/golden/" + name));
}

inline at::Tensor vector_of(const Json& values) { return at::tensor(values.get<std::vector<double>>(), at::kDouble); }

inline at::Tensor rows_of(const Json& rows) {
  std::vector<at::Tensor> tensors;
  for (const auto& row : rows) tensors.push_back(vector_of(row));
  return at::stack(tensors);
}

/// Equal relative to the size of `expected`, or of `rows` where that is zero.
inline void expect_direction(const at::Tensor& direction, const at::Tensor& expected, const at::Tensor& rows,
                             double rtol) {
  const double size = expected.norm().item<double>();
  const double scale = size > 0 ? size : rows.abs().max().item<double>();
  EXPECT_LE((direction - expected).norm().item<double>(), rtol * scale) << direction << "\nexpected\n" << expected;
}

}  // namespace reconcile
