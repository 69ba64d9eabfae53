#include "reconcile/linalg/gramian.h"

#include <ATen/ATen.h>

namespace reconcile {

Eigen::MatrixXd to_matrix(const at::Tensor& gramian) {
  const at::Tensor dense = gramian.to(at::kCPU, at::kDouble).contiguous();
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(dense.data_ptr<double>(), dense.size(0), dense.size(1));
}

}  // namespace reconcile
