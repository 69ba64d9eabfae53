#pragma once

#include <string>

#include "cases.h"
#include "reconcile/catalog/method.h"
#include "reconcile/conflict/recorder.h"
#include "reconcile/train/step.h"

namespace reconcile::bench {

/// How networks of that case compute: what `train.layout` and `train.precision` would choose for that batch.
Arithmetic choose_arithmetic(const Case& given, const Batch& batch, const std::string& layout,
                             const std::string& precision);

/// The network of a case, the same values every time; `rule` says which layers are split, "" = none.
std::unique_ptr<MultiTaskModel> make_network(const Case& given, const std::string& rule, const Arithmetic& arithmetic);

/// Floating-point operations of a step on one sample by the layers' multiply-accumulates: a forward pass, and backward
/// passes of twice its cost, `joint` once over everything, else one a task over what that task uses.
double step_flop(MultiTaskModel& model, const std::vector<int64_t>& shape, bool joint);

/// One way of taking a step, with its own network.
class Variant {
 public:
  /// `text`: METHOD [+ recorder] [@ RULE].
  Variant(const Case& given, std::string text, const Arithmetic& arithmetic);

  /// A step: {ms, flop, parameters}, and with a recorder the mean cosine over layers and pairs.
  Json take(const Batch& batch);
  /// Bytes that a step holds: parameters, momentum, gradients, rows, activations.
  [[nodiscard]] Json held(const Case& given, const Batch& batch);

 private:
  [[nodiscard]] bool is_joint() const;
  [[nodiscard]] double mean_cosine() const;

  std::unique_ptr<MultiTaskModel> model_;
  Method method_;
  std::optional<ConflictRecorder> recorder_;
  std::optional<Step> step_;
  Rng rng_{1};
  double flop_ = 0;  ///< a sample
};

}  // namespace reconcile::bench
