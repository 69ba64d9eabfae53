#pragma once

#include <cstdint>

namespace reconcile {

/// The numbers of one step of an optimiser for one parameter.
struct UpdateRule {
  bool is_adam;
  double rate;          ///< learning rate; for Adam divided by the first moment's correction
  double weight_decay;  ///< times the parameter, added to its gradient
  double keep1;         ///< sgd: momentum; adam: beta1
  double take1;         ///< what the gradient enters the first moment with; sgd: 1, adam: 1 - beta1
  double keep2;         ///< adam: beta2
  double correction2;   ///< adam: 1 - beta2^t
  double eps;           ///< adam
};

/// Where `count` numbers of one parameter stand.
template <class Scalar>
struct UpdatePlaces {
  Scalar* parameter;
  const Scalar* gradient;
  Scalar* first;   ///< momentum, or Adam's first moment
  Scalar* second;  ///< Adam's second moment; null for sgd
  int64_t count;
};

/// Moves the numbers and what is remembered of them, in one pass.
void update(const UpdateRule& rule, const UpdatePlaces<float>& places);
void update(const UpdateRule& rule, const UpdatePlaces<double>& places);

}  // namespace reconcile
