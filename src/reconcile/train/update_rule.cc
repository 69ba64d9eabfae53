#include "reconcile/train/update_rule.h"

#include <cmath>

#include "reconcile/core/vector_width.h"

namespace reconcile {
namespace {

template <class Scalar>
struct Update {
  UpdateRule rule;
  UpdatePlaces<Scalar> places;

  template <class Width>
  RECONCILE_INLINE void operator()(Width /*width*/) const {
    const auto [parameter, gradient, first, second, count] = places;
    if (rule.is_adam) {
      adam(parameter, gradient, first, second, count);
    } else {
      sgd(parameter, gradient, first, count);
    }
  }

  RECONCILE_INLINE void sgd(Scalar* p, const Scalar* g, Scalar* v, int64_t count) const {
    const auto rate = static_cast<Scalar>(rule.rate);
    const auto decay = static_cast<Scalar>(rule.weight_decay);
    const auto keep = static_cast<Scalar>(rule.keep1);
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      v[i] = keep * v[i] + (g[i] + decay * p[i]);
      p[i] -= rate * v[i];
    }
  }

  RECONCILE_INLINE void adam(Scalar* p, const Scalar* g, Scalar* m, Scalar* v, int64_t count) const {
    const auto rate = static_cast<Scalar>(rule.rate);
    const auto decay = static_cast<Scalar>(rule.weight_decay);
    const auto keep1 = static_cast<Scalar>(rule.keep1);
    const auto take1 = static_cast<Scalar>(rule.take1);
    const auto keep2 = static_cast<Scalar>(rule.keep2);
    const auto take2 = static_cast<Scalar>(1.0 - rule.keep2);
    const auto correction = static_cast<Scalar>(rule.correction2);
    const auto eps = static_cast<Scalar>(rule.eps);
#pragma omp simd
    for (int64_t i = 0; i < count; ++i) {
      const Scalar slope = g[i] + decay * p[i];
      m[i] = keep1 * m[i] + take1 * slope;
      v[i] = keep2 * v[i] + take2 * slope * slope;
      p[i] -= rate * m[i] / (std::sqrt(v[i] / correction) + eps);
    }
  }
};

}  // namespace

void update(const UpdateRule& rule, const UpdatePlaces<float>& places) { run_widest(Update<float>{rule, places}); }

void update(const UpdateRule& rule, const UpdatePlaces<double>& places) { run_widest(Update<double>{rule, places}); }

}  // namespace reconcile
