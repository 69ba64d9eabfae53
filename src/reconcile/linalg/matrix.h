#pragma once

#include <Eigen/Core>
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

namespace reconcile {

/// Up to so many tasks every solver of this folder works on the stack alone.
constexpr int kOnStack = 64;

/// What the solvers are made of: matrices whose size is known at run time and is at most N, with room for N on the
/// stack, or any size on the heap for N = Eigen::Dynamic. Everything else in this namespace is a template over N, and
/// stands behind a function of the same name for any size.
namespace bounded {

template <int N>
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, N, N>;
template <int N>
using Vector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, N, 1>;
template <int N>
using Array = Eigen::Array<double, Eigen::Dynamic, 1, 0, N, 1>;
template <int N>
using Mask = Eigen::Array<bool, Eigen::Dynamic, 1, 0, N, 1>;

/// A list of at most N whole numbers, as much of std::vector as the solvers need.
template <int N>
class ShortList {
 public:
  using value_type = int;
  [[nodiscard]] Eigen::Index size() const { return end() - begin(); }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] int operator[](Eigen::Index i) const { return values_[static_cast<size_t>(i)]; }
  [[nodiscard]] int* begin() { return values_.data(); }
  [[nodiscard]] int* end() { return values_.data() + size_; }
  [[nodiscard]] const int* begin() const { return values_.data(); }
  [[nodiscard]] const int* end() const { return values_.data() + size_; }
  void push_back(int value) { values_[size_++] = value; }
  void erase(int* place) {
    std::move(place + 1, end(), place);
    --size_;
  }

 private:
  std::array<int, N> values_{};
  size_t size_ = 0;
};

/// Indices of tasks; up to N + 1, so that one can be tried.
template <int N>
struct IndicesOf {
  using type = ShortList<N + 1>;
};
template <>
struct IndicesOf<Eigen::Dynamic> {
  using type = std::vector<int>;
};
template <int N>
using Indices = typename IndicesOf<N>::type;

/// A parameter from which N is not deduced, so that an expression may stand there.
template <int N>
using VectorArgument = std::type_identity_t<Vector<N>>;

}  // namespace bounded

/// f of the matrix, as one on the stack if it has at most kOnStack rows.
template <class F>
auto with_bound(const Eigen::MatrixXd& matrix, F f) {
  return matrix.rows() <= kOnStack ? f(bounded::Matrix<kOnStack>(matrix)) : f(matrix);
}

}  // namespace reconcile
