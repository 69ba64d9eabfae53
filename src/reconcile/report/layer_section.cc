#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/charts.h"
#include "reconcile/report/comparison.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

size_t nearest_threshold(const std::vector<double>& thresholds, double wanted) {
  size_t nearest = 0;
  for (size_t i = 1; i < thresholds.size(); ++i) {
    if (std::abs(thresholds[i] - wanted) < std::abs(thresholds[nearest] - wanted)) nearest = i;
  }
  return nearest;
}

std::string search_figure(const Pipeline& pipeline) {
  const RunLog* log = search_log(pipeline);
  if (!log) return paragraph("There is no log of a search run, so there is no map of layers over epochs.", "dim");
  return heat_map_figure(*log, pipeline.search ? pipeline.search->threshold : pipeline.severe_threshold);
}

double sum_of_scores(const Pipeline& pipeline, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < std::min(count, pipeline.ranking.size()); ++i) sum += pipeline.ranking[i].score;
  return sum;
}

std::string ranking_sentence(const Pipeline& pipeline) {
  const std::string first = fmt::format("{} has the highest conflict score of {} layers.", pipeline.ranking[0].layer,
                                        pipeline.ranking.size());
  if (!pipeline.plan) return first + " No plan was made from the ranking.";
  const int64_t cut = cut_of(pipeline);
  const std::string plan =
      fmt::format(" The plan {} splits {} layers", pipeline.plan->rule, pipeline.plan->layers.size());
  const double all = sum_of_scores(pipeline, pipeline.ranking.size());
  if (cut < 1 || all <= 0) return first + plan + ".";
  return first + plan +
         fmt::format(": the best {}, which hold {} of all score.", cut,
                     percent(sum_of_scores(pipeline, static_cast<size_t>(cut)) / all));
}

std::string ranking_figure(const Pipeline& pipeline) {
  if (pipeline.ranking.empty()) return paragraph("No layers were ranked.", "dim");
  return figure(ranking_sentence(pipeline), {ranking_chart(pipeline)},
                legend({{"accent", "split"}, {"grey", "shared"}, {"muted", "parameters added"}}),
                {"ranking", ranking_table(pipeline)});
}

Table cost_table(const std::vector<Cost>& costs) {
  Table table{{"K", "parameters", "megabytes", "MACs"}, {}};
  for (const auto& cost : costs) {
    table.rows.push_back(
        {std::to_string(cost.k), fixed(cost.parameters, 0), fixed(cost.megabytes, 4), fixed(cost.macs, 0)});
  }
  return table;
}

std::string cost_figure(const Pipeline& pipeline) {
  const auto& costs = pipeline.costs;
  if (costs.size() < 2) return paragraph("The records hold no costs over K.", "dim");
  const int64_t cut = cut_of(pipeline);
  std::string sentence = "What splitting the first K layers costs, relative to the unsplit network.";
  if (cut >= 0 && cut < static_cast<int64_t>(costs.size())) {
    const auto& at_cut = costs[static_cast<size_t>(cut)];
    sentence = fmt::format(
        "Splitting {} layers takes {} the parameters ({} instead of {}) and {} the multiply-adds; "
        "1.1 times the parameters would pay for K = {}, 1.2 times for K = {}.",
        cut, factor(at_cut.parameters / costs[0].parameters), compact(at_cut.parameters), compact(costs[0].parameters),
        factor(at_cut.macs / costs[0].macs), last_within(costs, 1.1), last_within(costs, 1.2));
  }
  return figure(sentence, {cost_chart(pipeline)},
                legend({{"line ink", "parameters"}, {"line ink dashed", "multiply-adds (MACs)"}}),
                {"cost", cost_table(costs)});
}

Table network_table(const Plan& plan, const std::vector<LayerRecord>& layers) {
  Table table{{"layer", "parameters", "copies"}, {}};
  for (const auto& layer : layers) {
    const auto place = std::find(plan.layers.begin(), plan.layers.end(), layer.name);
    const int64_t copies =
        place == plan.layers.end() ? 1 : plan.copies[static_cast<size_t>(place - plan.layers.begin())];
    table.rows.push_back({layer.name, fixed(layer.size, 0), std::to_string(copies)});
  }
  return table;
}

std::string network_figure(const Pipeline& pipeline) {
  if (!pipeline.plan) return paragraph("No layers were split, so there is no new network to draw.", "dim");
  const auto layers = layers_of(pipeline);
  if (layers.empty())
    return paragraph("No run.jsonl of the unsplit network is there, so the order of its layers is not known.", "dim");
  const auto& plan = *pipeline.plan;
  const bool is_grouped = std::any_of(plan.copies.begin(), plan.copies.end(), [&](int64_t copies) {
    return copies != static_cast<int64_t>(pipeline.tasks.size());
  });
  std::vector<std::pair<std::string, std::string>> entries = {{"shared", "shared"}};
  if (is_grouped) entries.emplace_back(task_colour(0), "one stripe for each copy");
  for (size_t task = 0; task < pipeline.tasks.size() && !is_grouped; ++task)
    entries.emplace_back(task_colour(task), "copy of " + pipeline.tasks[task]);
  const std::string fork = plan.fork.empty() ? "Every layer still runs once for all tasks."
                                             : fmt::format("From {} on, every layer runs once for each {}.", plan.fork,
                                                           is_grouped ? "group that is apart there" : "task");
  return figure(fmt::format("The network that was built: {} of {} shared layers now have one copy a {}. {}",
                            plan.layers.size(), layers.size(), is_grouped ? "group of tasks" : "task", fork),
                {network_strip(pipeline, layers)}, legend(entries), {"network", network_table(plan, layers)});
}

}  // namespace

std::string heat_map_figure(const RunLog& log, double threshold) {
  if (log.conflicts.empty() || log.conflicts[0].layers.empty() || log.thresholds.empty()) {
    return paragraph("This run recorded no conflicts of single layers.", "dim");
  }
  const size_t index = nearest_threshold(log.thresholds, threshold);
  const auto& layers = log.conflicts[0].layers;
  std::vector<double> shares;
  for (size_t l = 0; l < layers.size(); ++l) shares.push_back(mean_share(log, 0, log.conflicts.size(), l, index));
  const auto worst = std::max_element(shares.begin(), shares.end());
  const std::string text = fmt::format(
      "Where the tasks fight, and when: share of steps in which a layer's cosine is below {} ({}, {} epochs, layers in "
      "forward order). {} conflicts most, in {} of the steps.",
      log.thresholds[index], log.method, log.conflicts.size(), layers[static_cast<size_t>(worst - shares.begin())].name,
      percent(*worst));
  return figure(text, {heat_map(log, index)}, "", {"conflict by layer", heat_table(log, index)});
}

std::string layer_section(const Pipeline& pipeline) {
  return search_figure(pipeline) + ranking_figure(pipeline) + cost_figure(pipeline) + network_figure(pipeline);
}

}  // namespace reconcile::report
