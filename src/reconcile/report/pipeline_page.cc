#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reconcile/report/html.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/summary.h"

namespace reconcile::report {
namespace {

std::string from_to(const std::string& from, const std::string& to) { return from + " → " + to; }

std::vector<Tile> headline_tiles(const Pipeline& pipeline) {
  const auto [base, recon, peer] = compare(pipeline);
  if (!base || !recon) return {};
  std::vector<Tile> result;
  if (base->delta_m.n > 0 && recon->delta_m.n > 0) {
    result.push_back({from_to(signed_fixed(base->delta_m.mean, 2), signed_fixed(recon->delta_m.mean, 2)) + " %",
                      "delta m, best without → best with Recon"});
  }
  if (peer->severe_share.n > 0 && recon->severe_share.n > 0) {
    result.push_back({from_to(fixed(100 * peer->severe_share.mean, 1), percent(recon->severe_share.mean)),
                      fmt::format("steps with cosine < {}", pipeline.severe_threshold)});
  }
  if (std::isfinite(peer->megabytes) && std::isfinite(recon->megabytes)) {
    result.push_back({from_to(fixed(peer->megabytes, 2), fixed(recon->megabytes, 2)) + " MB",
                      factor(recon->megabytes / peer->megabytes) + " the size"});
  }
  if (std::isfinite(peer->seconds_per_step) && std::isfinite(recon->seconds_per_step)) {
    result.push_back({from_to(fixed(peer->seconds_per_step, 3), fixed(recon->seconds_per_step, 3)) + " s",
                      factor(recon->seconds_per_step / peer->seconds_per_step) + " the time per step"});
  }
  return result;
}

std::string introduction(const Pipeline& pipeline) {
  return paragraph(
             fmt::format("{} on {}, tasks {}, {}", pipeline.model, pipeline.dataset, fmt::join(pipeline.tasks, ", "),
                         pipeline.seeds.size() == 1 ? "1 seed" : fmt::format("{} seeds", pipeline.seeds.size())),
             "dim") +
         (pipeline.pending.empty() ? "" : paragraph(pending_sentence(pipeline), "dim")) +
         paragraph(headline(pipeline), "lead") + tiles(headline_tiles(pipeline));
}

}  // namespace

std::string reproduce_section(const Pipeline& pipeline) {
  std::string body = paragraph(fmt::format("Protocol: {}. Written by reconcile {}; seeds {}.", pipeline.protocol,
                                           pipeline.version, fmt::join(pipeline.seeds, ", ")));
  const auto log =
      std::find_if(pipeline.runs.begin(), pipeline.runs.end(), [](const Run& run) { return run.log.has_value(); });
  body += "<h3>Command</h3>\n" + block(pipeline.command);
  body += "<h3>Experiment</h3>\n" + block(pipeline.config);
  body += "<h3>Data</h3>\n" + block(pipeline.fingerprint);
  if (log == pipeline.runs.end()) return body;
  return body + "<h3>Versions and machine</h3>\n" + html_table(machine_table(*log->log));
}

std::string render_html(const Pipeline& pipeline) {
  std::vector<Section> sections{{"Results", results_section(pipeline)},
                                {"Conflict before and after", conflict_section(pipeline) + cosine_figures(pipeline)},
                                {"Where the conflict sits", layer_section(pipeline)},
                                {"Training curves", curve_section(pipeline)},
                                {"Gradients and weights", gradient_section(pipeline)},
                                {"What is mistaken for what", confusion_section(pipeline)},
                                {"Samples", picture_section(pipeline)},
                                {"Where the time goes", profile_section(pipeline)},
                                {"Health", health_section(pipeline)},
                                {"Reproduce", reproduce_section(pipeline)}};
  std::erase_if(sections, [](const Section& section) { return section.body.empty(); });
  const auto tables = paper_tables(pipeline);
  if (!tables.empty()) sections.insert(sections.begin() + 1, {"Paper and ours", paper_section(tables)});
  return page(pipeline.name, introduction(pipeline), sections);
}

}  // namespace reconcile::report
