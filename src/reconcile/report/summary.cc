#include "reconcile/report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/numbers.h"

namespace reconcile::report {
namespace {

bool has_delta_m(const Pipeline& pipeline) {
  return std::any_of(pipeline.rows.begin(), pipeline.rows.end(),
                     [](const Row& row) { return row.kind != "single" && row.delta_m.n > 0; });
}

/// Mean over tasks of the first metric in percent; nothing unless all of them are shares.
Statistic first_metric(const Row& row) {
  Statistic mean{.mean = 0, .sd = 0, .n = row.metrics.empty() ? 0 : 1};
  for (const auto& [task, metrics] : row.metrics) {
    if (metrics.empty() || !is_share(metrics[0].first)) return {};
    mean.mean += 100 * metrics[0].second.mean / static_cast<double>(row.metrics.size());
    mean.sd += 100 * metrics[0].second.sd / static_cast<double>(row.metrics.size());
    mean.n = metrics[0].second.n;
  }
  return mean;
}

Statistic quality(const Row& row, bool by_delta_m) { return by_delta_m ? row.delta_m : first_metric(row); }

const Row* best(const Pipeline& pipeline, const std::string& kind, bool by_delta_m) {
  const Row* result = nullptr;
  for (const auto& row : pipeline.rows) {
    const double mean = quality(row, by_delta_m).mean;
    if (row.kind != kind || !std::isfinite(mean)) continue;
    if (!result || mean > quality(*result, by_delta_m).mean) result = &row;
  }
  return result;
}

/// Whether a difference is more than the seeds' own spread.
std::string judgement(const Statistic& from, const Statistic& to) {
  const int64_t n = std::min(from.n, to.n);
  if (n < 2) return "one seed, so the spread is not known";
  const double spread = std::hypot(from.sd, to.sd);
  const bool distinguishable = std::abs(to.mean - from.mean) > spread;
  return fmt::format("{} the spread over {} seeds", distinguishable ? "more than" : "not distinguishable from", n);
}

std::string verb(double from, double to) {
  if (to > from) return "rise";
  return to < from ? "fall" : "stay";
}

std::string quality_sentence(const Row& base, const Row& recon, bool by_delta_m) {
  const Statistic from = quality(base, by_delta_m), to = quality(recon, by_delta_m);
  const auto text = [=](double value) { return (by_delta_m ? signed_fixed(value, 2) : fixed(value, 2)) + " %"; };
  return fmt::format("{} reaches {} {}, against {} for {}, the best without Recon: {} points ({}).", recon.label,
                     by_delta_m ? "a delta m of" : "a mean over the tasks of", text(to.mean), text(from.mean),
                     base.label, signed_fixed(to.mean - from.mean, 2), judgement(from, to));
}

/// How far the best row is from the next of its kind; "" where there is no other.
std::string next_best(const Pipeline& pipeline, const Row& row, bool by_delta_m) {
  Pipeline others;
  others.rows = pipeline.rows;
  std::erase_if(others.rows, [&](const Row& other) { return other.label == row.label; });
  const Row* next = best(others, row.kind, by_delta_m);
  if (!next) return "";
  const Statistic first = quality(row, by_delta_m), second = quality(*next, by_delta_m);
  return fmt::format(" with {} of {} %, {} points before {} ({})", by_delta_m ? "a delta m" : "a mean over the tasks",
                     fixed(first.mean, 2), fixed(first.mean - second.mean, 2), next->label, judgement(second, first));
}

std::string state_of(const Pipeline& pipeline, const Pending& pending) {
  if (!pending.failure.empty()) return fmt::format("{} (failed: {})", pending.path, pending.failure);
  const auto run = std::find_if(pipeline.runs.begin(), pipeline.runs.end(),
                                [&](const Run& candidate) { return candidate.path == pending.path; });
  if (run == pipeline.runs.end() || !run->log) return pending.path + " (not begun)";
  return fmt::format("{} ({} of {} epochs)", pending.path, run->log->epochs.empty() ? 0 : run->log->epochs.back().epoch,
                     run->log->num_epochs);
}

std::string flat_sentence(const Row& base, const Row& recon) {
  if (base.delta_m_flat.n == 0 || recon.delta_m_flat.n == 0) return "";
  return fmt::format(" With all criteria in one mean (flat delta m, lower is better) it is {} % against {} %.",
                     signed_fixed(recon.delta_m_flat.mean, 2), signed_fixed(base.delta_m_flat.mean, 2));
}

std::string severe_sentence(const Pipeline& pipeline, const Row& before, const Row& after) {
  if (before.severe_share.n == 0 || after.severe_share.n == 0) return "";
  const double from = before.severe_share.mean, to = after.severe_share.mean;
  return fmt::format(" From {} to {}, severe conflicts (cosine below {}) {} from {} to {} of the steps.", before.label,
                     after.label, pipeline.severe_threshold, verb(from, to), percent(from), percent(to));
}

std::string size_sentence(const Pipeline& pipeline, const Row& before, const Row& after) {
  if (!std::isfinite(before.megabytes) || !std::isfinite(after.megabytes)) return "";
  const std::string layers = pipeline.plan ? fmt::format(" by splitting {} of {} layers", pipeline.plan->layers.size(),
                                                         pipeline.ranking.size())
                                           : "";
  return fmt::format(" The network goes from {} MB to {} MB ({}){}.", fixed(before.megabytes, 2),
                     fixed(after.megabytes, 2), factor(after.megabytes / before.megabytes), layers);
}

}  // namespace

const Row* find_row(const Pipeline& pipeline, const std::string& kind, const std::string& method) {
  for (const auto& row : pipeline.rows) {
    if (row.kind == kind && row.method == method) return &row;
  }
  return nullptr;
}

std::string label_of(const Pipeline& pipeline, const std::string& kind, const std::string& method) {
  const Row* row = find_row(pipeline, kind, method);
  return row ? row->label : method;
}

std::vector<std::string> methods_of(const Pipeline& pipeline) {
  std::vector<std::string> methods;
  for (const auto& run : pipeline.runs) {
    const bool is_compared = run.kind == "base" || run.kind == "recon" || run.kind == "train";
    if (is_compared && std::find(methods.begin(), methods.end(), run.method) == methods.end())
      methods.push_back(run.method);
  }
  return methods;
}

std::vector<const RunLog*> logs_of(const Pipeline& pipeline, const std::string& kind, const std::string& method) {
  std::vector<const RunLog*> logs;
  for (const auto& run : pipeline.runs) {
    const bool fits = run.kind == kind && (kind == "single" || run.method == method);
    if (fits && run.log) logs.push_back(&*run.log);
  }
  return logs;
}

const RunLog* search_log(const Pipeline& pipeline) {
  for (const auto& run : pipeline.runs) {
    if (run.kind == "search" && run.log && !run.log->conflicts.empty()) return &*run.log;
  }
  return nullptr;
}

std::vector<LayerRecord> layers_of(const Pipeline& pipeline) {
  for (const char* kind : {"search", "base", "single"}) {
    for (const auto& run : pipeline.runs) {
      if (run.kind == kind && run.log) return run.log->layers;
    }
  }
  return {};
}

int64_t cut_of(const Pipeline& pipeline) {
  if (!pipeline.plan) return -1;
  const auto& chosen = pipeline.plan->layers;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (i >= pipeline.ranking.size()) return -1;
    if (std::find(chosen.begin(), chosen.end(), pipeline.ranking[i].layer) == chosen.end()) return -1;
  }
  return static_cast<int64_t>(chosen.size());
}

std::string pending_sentence(const Pipeline& pipeline) {
  constexpr size_t kNamed = 8;
  if (pipeline.pending.empty()) return "";
  std::string names;
  for (size_t i = 0; i < std::min(pipeline.pending.size(), kNamed); ++i) {
    names += (i ? ", " : "") + state_of(pipeline, pipeline.pending[i]);
  }
  if (pipeline.pending.size() > kNamed) names += fmt::format(" and {} more", pipeline.pending.size() - kNamed);
  const auto finished = std::count_if(pipeline.runs.begin(), pipeline.runs.end(), [&](const Run& run) {
    return std::none_of(pipeline.pending.begin(), pipeline.pending.end(),
                        [&](const Pending& pending) { return pending.path == run.path; });
  });
  return fmt::format("Not finished: {} of {} runs: {}. What follows is of those that have.", pipeline.pending.size(),
                     static_cast<size_t>(finished) + pipeline.pending.size(), names);
}

Comparison compare(const Pipeline& pipeline) {
  const bool by_delta_m = has_delta_m(pipeline);
  Comparison result{.base = best(pipeline, "base", by_delta_m), .recon = best(pipeline, "recon", by_delta_m)};
  if (result.recon) result.peer = find_row(pipeline, "base", result.recon->method);
  if (!result.peer) result.peer = result.base;
  return result;
}

std::string headline(const Pipeline& pipeline) {
  const auto [base, recon, peer] = compare(pipeline);
  if (!base && !recon) {
    const bool is_trained = std::any_of(pipeline.rows.begin(), pipeline.rows.end(),
                                        [](const Row& row) { return row.kind != "single" && !row.metrics.empty(); });
    if (!is_trained) return "No joint training has finished yet: there is nothing to compare.";
    return "No method is best in one number: without single-task runs there is no delta m, and the tasks are not all "
           "measured in percent. The table has each task by itself.";
  }
  if (!base || !recon) {
    const Row& row = base ? *base : *recon;
    return fmt::format("{} is the best of what was run{}; there are no runs {} Recon to compare it with.", row.label,
                       next_best(pipeline, row, has_delta_m(pipeline)), base ? "with" : "without");
  }
  return quality_sentence(*base, *recon, has_delta_m(pipeline)) + flat_sentence(*base, *recon) +
         severe_sentence(pipeline, *peer, *recon) + size_sentence(pipeline, *peer, *recon);
}

std::string headline(const RunLog& log) {
  const int64_t reached = log.epochs.empty() ? 0 : log.epochs.back().epoch;
  std::string text = fmt::format("{} trained {} on {} (seed {}): {} of {} epochs.", log.method, log.model, log.dataset,
                                 log.seed, reached, log.num_epochs);
  if (!log.finished) return text + " The run has not finished, so there are no test metrics.";
  text += " Test:";
  const char* separator = " ";
  for (const auto& [task, metrics] : log.test) {
    for (const auto& [metric, value] : metrics) {
      if (restates_another(metric)) continue;
      text += separator + task + " " + metric_words(metric, value);
      separator = ", ";
    }
  }
  return text + ".";
}

}  // namespace reconcile::report
