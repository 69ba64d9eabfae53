#include <fmt/format.h>

#include <algorithm>

#include "reconcile/report/charts.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

/// The cosines of all seeds of one kind and method.
struct Cosines {
  double share = kMissing, severe_share = kMissing;  ///< mean over seeds
  std::vector<std::vector<double>> pairs;            ///< [pairs][kNumBins], summed over seeds
  std::vector<double> all;                           ///< summed over pairs too; empty if nothing was recorded
};

void add(std::vector<double>& sum, const std::vector<double>& counts) {
  sum.resize(kNumBins, 0);
  for (size_t bin = 0; bin < kNumBins; ++bin) sum[bin] += counts[bin];
}

Cosines collect(const Pipeline& pipeline, const std::string& kind, const std::string& method) {
  Cosines result;
  double share = 0, severe = 0, seeds = 0;
  for (const auto& run : pipeline.runs) {
    if (run.kind != kind || run.method != method || !run.conflict) continue;
    share += run.conflict->share;
    severe += run.conflict->severe_share;
    seeds += 1;
    result.pairs.resize(std::max(result.pairs.size(), run.conflict->histogram.size()));
    for (size_t pair = 0; pair < run.conflict->histogram.size(); ++pair) {
      add(result.pairs[pair], run.conflict->histogram[pair]);
      add(result.all, run.conflict->histogram[pair]);
    }
  }
  result.share = share / seeds;
  result.severe_share = severe / seeds;
  return result;
}

/// A kind that was not run is left out.
std::string sentence(const std::string& label, const Cosines& before, const Cosines& after) {
  const auto shares = [](const Cosines& cosines, const char* between) {
    return percent(cosines.share) + between + percent(cosines.severe_share);
  };
  const std::string first = label + ": conflict in ", severely = " of the steps, severely in ";
  if (before.all.empty()) return first + shares(after, severely.c_str()) + " with Recon.";
  if (after.all.empty()) return first + shares(before, severely.c_str()) + ".";
  return first + shares(before, severely.c_str()) + "; with Recon in " + shares(after, " and ") + ".";
}

/// Who fights with whom, where there is more than one pair.
std::string pair_table(const Pipeline& pipeline, const Cosines& before, const Cosines& after) {
  Table table{.columns = {"pair", "cosine < 0 before", "after"}, .rows = {}};
  for (const auto& run : pipeline.runs) {
    if (!run.conflict || run.conflict->pairs.size() < 2 || !table.rows.empty()) continue;
    for (size_t pair = 0; pair < run.conflict->pairs.size(); ++pair) {
      const auto share = [pair](const Cosines& cosines) {
        return pair < cosines.pairs.size() ? percent(negative_share(cosines.pairs[pair])) : std::string("-");
      };
      const auto& [first, second] = run.conflict->pairs[pair];
      table.rows.push_back({first + ", " + second, share(before), share(after)});
    }
  }
  return table.rows.empty() ? "" : html_table(table);
}

}  // namespace

std::string conflict_section(const Pipeline& pipeline) {
  std::string body;
  for (const auto& method : methods_of(pipeline)) {
    const Cosines before = collect(pipeline, "base", method), after = collect(pipeline, "recon", method);
    if (before.all.empty() && after.all.empty()) continue;
    const std::string kind = before.all.empty() ? "recon" : "base";
    const std::string text = sentence(label_of(pipeline, kind, method), before, after);
    const HistogramPair counts{before.all, after.all};
    const std::string drawing = histogram_chart(counts, pipeline.severe_threshold, "Histogram. " + text);
    const std::string label = label_of(pipeline, kind, method);
    body += "<div>\n" + figure(text, {drawing}, "", {"cosines " + label, histogram_table({{label, counts}})}) +
            pair_table(pipeline, before, after) + "</div>\n";
  }
  if (body.empty()) return paragraph("No run recorded the cosines of its task gradients, so there is no histogram.");
  const std::string words = fmt::format(
      "Two tasks conflict in a step where the cosine of their shared gradients is negative; severely where it is below "
      "{}.",
      pipeline.severe_threshold);
  return paragraph(words) +
         legend(
             {{"grey", "without Recon"}, {"line accent", "with Recon"}, {"line accent dashed", "severe threshold"}}) +
         "<div class=\"drawings\">\n" + body + "</div>\n";
}

}  // namespace reconcile::report
