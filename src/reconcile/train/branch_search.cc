#include "reconcile/train/branch_search.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <set>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/metrics/task_type.h"
#include "reconcile/train/checkpoint.h"
#include "reconcile/train/network_probe.h"

namespace reconcile {
namespace {

/// Parameters, where their gradients stand, and their optimiser.
class Parameters {
 public:
  Parameters(const OptimizerOptions& options, std::vector<at::Tensor> tensors)
      : options_(options), tensors_(std::move(tensors)) {
    for (const auto& tensor : tensors_) gradients_.push_back(at::zeros_like(tensor));
    forget();
  }
  /// Starts the optimiser anew.
  void forget() {
    NamedTensors named;
    for (size_t i = 0; i < tensors_.size(); ++i) named.emplace_back(std::to_string(i), tensors_[i]);
    optimizer_.emplace(options_, std::move(named), gradients_);
  }
  /// Sets the gradients, or adds to them.
  void pull(const at::Tensor& loss, bool add) {
    const auto gradients = torch::autograd::grad({loss}, tensors_, {}, {}, false, /*allow_unused=*/true);
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (!add) gradients_[i].zero_();
      if (gradients[i].defined()) gradients_[i].add_(gradients[i]);
    }
  }
  void step() { optimizer_->step(options_.lr); }
  Optimizer& optimizer() { return *optimizer_; }

 private:
  OptimizerOptions options_;
  std::vector<at::Tensor> tensors_;
  std::vector<at::Tensor> gradients_;
  std::optional<Optimizer> optimizer_;
};

/// All parameters but the logits.
std::vector<at::Tensor> weights_of(const BranchingModel& model) {
  std::set<const void*> logits;
  for (const auto& tensor : model.logits()) logits.insert(tensor.unsafeGetTensorImpl());
  std::vector<at::Tensor> weights = model.shared_parameters();
  for (int64_t t = 0; t < model.num_tasks(); ++t) {
    for (const auto& tensor : model.task_parameters(t)) {
      if (!logits.contains(tensor.unsafeGetTensorImpl())) weights.push_back(tensor);
    }
  }
  return weights;
}

class Search {
 public:
  explicit Search(const BranchSearch& search)
      : search_(search),
        weights_(search.optimizer, weights_of(search.model)),
        logits_({.name = "adam", .lr = search.options.logit_rate, .weight_decay = search.options.logit_weight_decay},
                search.model.logits()) {
    const int64_t size = search.data.train->size();
    samples_ = search.rng.fork("parts").permutation(size);
    num_logit_samples_ = static_cast<int64_t>(search.options.logit_share * static_cast<double>(size));
    const int64_t smaller = std::min(num_logit_samples_, size - num_logit_samples_);
    if (smaller < search.batch_size) {
      fail<InvalidArgument>(
          "branching.logit_share = {}: of {} training samples {} are for the logits, but both parts need a batch of "
          "{}.",
          search.options.logit_share, size, num_logit_samples_, search.batch_size);
    }
  }

  bool operator()() {
    restore();
    for (; half_ < 2 * search_.options.epochs; ++half_, position_ = 0) {
      temperature_ = temperature();
      search_.model.set_temperature(temperature_);
      if (!on_weights() && !temperature_) continue;
      if (!(on_weights() ? weight_pass() : logit_pass())) {
        save(half_);
        return false;
      }
      if (!on_weights()) continue;
      record();
      position_ = 0;
      save(half_ + 1);
    }
    return true;
  }

 private:
  [[nodiscard]] bool on_weights() const { return half_ % 2 == 1; }
  [[nodiscard]] int64_t epoch() const { return half_ / 2 + 1; }
  Parameters& moved_in(int64_t half) { return half % 2 == 1 ? weights_ : logits_; }

  void restore() {
    const auto folder = search_.directory / "checkpoints";
    const auto found = load_checkpoint(folder, [&](const std::string& text) { search_.observer.on_message(text); });
    size_t bytes = 0;
    if (found) {
      const Json& state = found->state;
      search_.model.load_state(found->model, folder.string());
      half_ = state.at("half").get<int64_t>();
      position_ = state.at("position").get<int64_t>();
      losses_ = state.at("losses").get<std::vector<double>>();
      total_steps_ = found->step;
      moved_in(half_).optimizer().load_state(found->optimizer);
      bytes = state.at("log_bytes").get<size_t>();
      search_.observer.on_message(fmt::format("resuming the search at epoch {}, step {} of the {}", epoch(), position_,
                                              on_weights() ? "weights" : "logits"));
    }
    log_.emplace(search_.directory / "branch.jsonl", bytes);
  }

  /// Before step `position_` of `half`.
  void save(int64_t half) {
    save_checkpoint(search_.directory / "checkpoints",
                    {total_steps_,
                     {{"half", half}, {"position", position_}, {"losses", losses_}, {"log_bytes", log_->size()}},
                     search_.model.state(),
                     moved_in(half).optimizer().state(),
                     {}});
  }

  /// Of this epoch; nothing while warming up.
  [[nodiscard]] std::optional<double> temperature() const {
    const BranchingOptions& o = search_.options;
    const auto warm = static_cast<int64_t>(o.warm_up * static_cast<double>(o.epochs));
    if (epoch() <= warm) return {};
    const auto last = static_cast<double>(std::max<int64_t>(1, o.epochs - warm - 1));
    return o.start_temperature +
           (o.end_temperature - o.start_temperature) * static_cast<double>(epoch() - warm - 1) / last;
  }

  bool logit_pass() {
    if (position_ == 0) logits_.forget();
    search_.model.set_frozen_statistics(true);
    const bool done = pass("logits", 0, num_logit_samples_, [&](const Batch& batch) {
      for (int64_t t = 0; t < search_.model.num_tasks(); ++t) {
        at::Tensor loss = loss_of(t, batch);
        if (search_.options.resource > 0) {
          loss = loss + search_.options.resource * search_.model.expected_gflops();
        }
        logits_.pull(loss, t > 0);
      }
      logits_.step();
    });
    search_.model.set_frozen_statistics(false);
    return done;
  }

  bool weight_pass() {
    if (position_ == 0) {
      weights_.forget();
      losses_.assign(static_cast<size_t>(search_.model.num_tasks()), 0.0);
    }
    return pass("weights", num_logit_samples_, search_.data.train->size() - num_logit_samples_,
                [&](const Batch& batch) {
                  for (int64_t t = 0; t < search_.model.num_tasks(); ++t) {
                    const at::Tensor loss = loss_of(t, batch);
                    losses_[t] += loss.item<double>();
                    weights_.pull(loss, false);
                    weights_.step();
                  }
                });
  }

  /// Goes through what is left of a part of the samples in whole batches; false if it was stopped.
  bool pass(const std::string& name, int64_t begin, int64_t count, const std::function<void(const Batch&)>& use) {
    const Rng rng = search_.rng.fork(name).fork(static_cast<uint64_t>(epoch()));
    const auto order = rng.fork("shuffle").permutation(count);
    const int64_t steps = count / search_.batch_size;
    const auto size = static_cast<size_t>(search_.batch_size);
    while (position_ < steps) {
      const int64_t s = position_;
      std::vector<int64_t> chosen;
      for (size_t i = 0; i < size; ++i) chosen.push_back(samples_[begin + order[static_cast<size_t>(s) * size + i]]);
      search_.model.begin_step({(epoch() - 1) * steps + s, steps, search_.options.epochs},
                               rng.fork("noise").fork(static_cast<uint64_t>(s)));
      use(search_.data.train->batch(chosen, rng.fork("augmentation").fork(static_cast<uint64_t>(s))));
      ++position_;
      ++total_steps_;
      if (search_.stop) return false;
    }
    return true;
  }

  at::Tensor loss_of(int64_t t, const Batch& batch) {
    const Task& task = search_.model.tasks()[t];
    at::Tensor loss = task_loss(task, search_.model.predict_task(t, batch.inputs.of_task(t)), batch.targets[t]);
    std::vector<double> checked;
    add_values({loss}, {task}, 1.0, checked);
    return loss;
  }

  void record() {
    Json losses = Json::object();
    for (size_t t = 0; t < losses_.size(); ++t) {
      losses[search_.model.tasks()[t].name] = losses_[t] / static_cast<double>(position_);
    }
    Json gflops = nullptr;
    if (search_.options.resource > 0) gflops = search_.model.expected_gflops().item<double>();
    const Json row{{"type", "branching"},
                   {"epoch", epoch()},
                   {"temperature", temperature_ ? Json(*temperature_) : Json(nullptr)},
                   {"losses", losses},
                   {"expected_gflops", gflops}};
    log_->append(row.dump());
    search_.observer.on_message(row.dump());
  }

  const BranchSearch& search_;
  Parameters weights_;
  Parameters logits_;
  std::vector<int64_t> samples_;  ///< the logits' first
  int64_t num_logit_samples_ = 0;
  int64_t half_ = 0;      ///< two halves an epoch: the logits', then the weights'
  int64_t position_ = 0;  ///< steps done in it
  int64_t total_steps_ = 0;
  std::optional<double> temperature_;
  std::vector<double> losses_;
  std::optional<LineLog> log_;
};

}  // namespace

const OptionTable<BranchingOptions>& branching_options() {
  using O = BranchingOptions;
  static const OptionTable<O> table{
      option("epochs", &O::epochs, at_least(1), "length of the search"),
      option("warm_up", &O::warm_up, between(0, 1), "share of the epochs in which every task keeps to its own column"),
      option("start_temperature", &O::start_temperature, above(0), "of the Gumbel softmax behind the warm-up"),
      option("end_temperature", &O::end_temperature, above(0), "of the last epoch"),
      option("logit_share", &O::logit_share, between(0, 1), "share of the training samples that choose the branches"),
      option("logit_rate", &O::logit_rate, above(0), "Adam's learning rate of the logits"),
      option("logit_weight_decay", &O::logit_weight_decay, at_least(0), "weight decay of the logits"),
      option("resource", &O::resource, at_least(0), "weight of the tree's expected GFLOP; 0: cost does not count"),
  };
  return table;
}

bool search_branches(const BranchSearch& search) { return Search(search)(); }

}  // namespace reconcile
