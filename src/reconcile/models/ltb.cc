// Learning to branch: a backbone for each task; behind a stage column t goes on from one parent column, drawn while
// training from softmax of learned logits with Gumbel noise (hard, straight-through) and the one with the largest logit
// in evaluation, which LibMTL draws anew each time. In the first `warm_up` share of the epochs parents are averaged;
// then the temperature is (epochs / 20) / sqrt(epoch + 1). Paper: Guo et al., ICML 2020, arXiv:2006.01895, section 3.

#include <ATen/ATen.h>

#include <cmath>

#include "reconcile/models/columns.h"

namespace reconcile::model_entries {
namespace {

struct LtbOptions {
  double warm_up = 0.01;
};

class Ltb final : public ColumnModel {
 public:
  using Options = LtbOptions;

  Ltb(const Options& options, const ModelContext& context)
      : ColumnModel(context), warm_up_(options.warm_up), logits_(add_mixing("branch", 1.0, 1.0)) {}

 private:
  Streams meet(int64_t stage, int64_t t, const std::vector<Streams>& given) override {
    const Streams logits = (*logits_[stage][t])(given[t]);
    if (!phase().training) return likeliest(logits, given);
    return mix(map(logits, [this](const at::Tensor& v) { return choose(v); }), given);
  }

  /// What the parent with the largest logit gives.
  static Streams likeliest(const Streams& logits, const std::vector<Streams>& given) {
    const auto parent = [&](int64_t t) -> const Streams& { return given[logits.of_task(t).argmax().item<int64_t>()]; };
    Partition partition = logits.partition();
    for (int64_t g = 0; g < logits.partition().num_groups(); ++g) {
      partition = refine(partition, parent(logits.partition().first_task(g)).partition());
    }
    std::vector<at::Tensor> values;
    for (int64_t g = 0; g < partition.num_groups(); ++g) {
      const int64_t t = partition.first_task(g);
      values.push_back(parent(t).of_task(t));
    }
    return {std::move(partition), std::move(values)};
  }

  /// The weight of each parent while training.
  at::Tensor choose(const at::Tensor& logits) {
    const auto epochs = static_cast<double>(phase().moment().epochs);
    const auto epoch = static_cast<double>(phase().moment().epoch());
    if (epoch < warm_up_ * epochs) return at::full_like(logits, 1.0 / static_cast<double>(logits.numel()));
    const double temperature = epochs / 20.0 / std::sqrt(epoch + 1.0);
    const at::Tensor gumbel = -(-(phase().uniform_like(logits).clamp_min(1e-10)).log()).log();
    const at::Tensor soft = ((logits + gumbel) / temperature).softmax(0);
    const at::Tensor hard = at::one_hot(soft.argmax(), soft.numel()).to(soft.scalar_type());
    return hard + soft - soft.detach();
  }

  double warm_up_;
  std::vector<std::vector<Layer*>> logits_;
};

}  // namespace

ModelEntry ltb_entry() {
  return model_entry<Ltb>(
      {"ltb", "Learning to branch", "Guo et al., ICML 2020, arXiv:2006.01895"},
      {option("warm_up", &LtbOptions::warm_up, between(0, 1), "share of the epochs in which parents are averaged")});
}

}  // namespace reconcile::model_entries
