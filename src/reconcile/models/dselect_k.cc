// DSelect-k: `experts` whole backbones, of which each task learns to use at most `nonzeros` for a sample,
// from linear layers on the flattened input. Expert e has the binary code of e; selector j
// chooses it with s[j][e] = product over bits b of S(z[j][b]) where the bit is 1 and 1 - S(z[j][b]) where it is 0, with
// the smooth step S of width `gamma`; the selectors are mixed by a softmax. While training a penalty pushes selectors
// to one expert: `entropy` * -sum s log s, plus sum of 1 / sum_e s[j][e] where the number of experts is no power of
// two, so that codes without an expert cost. It is a loss of its own that the step adds (LibMTL wipes its gradient).
// Paper: Hazimeh et al., NeurIPS 2021, arXiv:2106.03760, sections 3 and 4.

#include <ATen/ATen.h>

#include <bit>

#include "reconcile/models/experts.h"

namespace reconcile::model_entries {
namespace {

struct DselectOptions {
  int64_t experts = 2;
  int64_t nonzeros = 2;
  double gamma = 1.0;
  double entropy = 1e-6;
};

// 0 below -gamma / 2, 1 above gamma / 2, a cubic in between.
at::Tensor smooth_step(const at::Tensor& t, double gamma) {
  const at::Tensor x = t.clamp(-gamma / 2, gamma / 2) / gamma;
  return -2 * x.pow(3) + 1.5 * x + 0.5;
}

class DselectK final : public ExpertModel {
 public:
  using Options = DselectOptions;

  DselectK(const Options& options, const ModelContext& context)
      : ExpertModel(context, options.experts),
        options_(options),
        bits_(std::max<int64_t>(1, static_cast<int64_t>(std::bit_width(static_cast<uint64_t>(options.experts - 1))))) {
    const double small = options.gamma / 100.0;
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const LayerScope scope = own(t).in("gates").in(tasks()[t].name);
      codes_.push_back(
          &scope.add<Linear>("code", input_size(context), options.nonzeros * bits_, LinearInit{small, small}));
      weights_.push_back(&scope.add<Linear>("weight", input_size(context), options.nonzeros, LinearInit{0.05, 0.05}));
    }
  }

  at::Tensor penalty(const Streams& inputs) override {
    at::Tensor sum = at::zeros({}, inputs.values().front().options());
    for (int64_t t = 0; t < num_tasks(); ++t) {
      const at::Tensor s = selectors(t, inputs.of_task(t).flatten(1));
      const at::Tensor entropy = -(s * (s + 1e-6).log()).sum({1, 2}).mean();
      sum = sum + options_.entropy * entropy;
      if (!std::has_single_bit(static_cast<uint64_t>(options_.experts))) {
        sum = sum + (1.0 / s.sum(2).clamp_min(1e-6)).sum(1).mean();
      }
    }
    return sum;
  }

 private:
  at::Tensor weigh(int64_t t, const at::Tensor& x) override {
    return (gate_weights(*weights_[t], x).unsqueeze(2) * selectors(t, x.flatten(1))).sum(1);
  }

  /// s [B, k, experts] of task t.
  at::Tensor selectors(int64_t t, const at::Tensor& x) {
    const at::Tensor on = smooth_step((*codes_[t])(x).view({x.size(0), options_.nonzeros, bits_}), options_.gamma);
    std::vector<at::Tensor> of_expert;
    for (int64_t e = 0; e < options_.experts; ++e) {
      at::Tensor product;
      for (int64_t b = 0; b < bits_; ++b) {
        const bool is_set = (e >> (bits_ - 1 - b) & 1) == 1;
        const at::Tensor factor = is_set ? on.select(2, b) : 1 - on.select(2, b);
        product = b == 0 ? factor : product * factor;
      }
      of_expert.push_back(product);
    }
    return at::stack(of_expert, 2);
  }

  Options options_;
  int64_t bits_;
  std::vector<Layer*> codes_;
  std::vector<Layer*> weights_;
};

}  // namespace

ModelEntry dselect_k_entry() {
  using O = DselectOptions;
  return model_entry<DselectK>(
      {"dselect_k", "DSelect-k: experts chosen by smooth binary codes",
       "Hazimeh et al., NeurIPS 2021, arXiv:2106.03760"},
      {option("experts", &O::experts, at_least(2), "number of shared experts"),
       option("nonzeros", &O::nonzeros, at_least(1), "experts that a task may use at once"),
       option("gamma", &O::gamma, above(0), "width of the smooth step"),
       option("entropy", &O::entropy, at_least(0), "weight of the selectors' entropy in the penalty")});
}

}  // namespace reconcile::model_entries
