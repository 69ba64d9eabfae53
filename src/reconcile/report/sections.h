#pragma once

#include <string>
#include <vector>

#include "reconcile/report/paper.h"
#include "reconcile/report/records.h"
#include "reconcile/report/study.h"

/// What the pages say and show, one function a section: HTML text.
namespace reconcile::report {

/// Delta m and every task's metric with and without Recon, the table, and what the seeds say of differences.
std::string results_section(const Pipeline& pipeline);
/// The same of a comparison; `pipeline` is the study as rows.
std::string results_section(const Pipeline& pipeline, const Study& study);
/// Our numbers beside those that papers print, a table a source.
std::string paper_section(const std::vector<PaperTable>& tables);
/// Cosine histograms before and after.
std::string conflict_section(const Pipeline& pipeline);
/// Heat map, ranking, cost, and the network that was built.
std::string layer_section(const Pipeline& pipeline);
/// Curves over epochs, one drawing a method.
std::string curve_section(const Pipeline& pipeline);
/// Where the time of the steps went.
std::string profile_section(const Pipeline& pipeline);
/// Command, configuration, seeds, versions.
std::string reproduce_section(const Pipeline& pipeline);

/// Layer times epoch, with its sentence; `threshold` is the one to count below, the nearest recorded one is taken.
std::string heat_map_figure(const RunLog& log, double threshold);
/// Where the time of one run's steps went.
std::string profile_figure(const RunLog& log);
/// Losses and validation metrics of one run.
std::string curve_figures(const RunLog& log);

}  // namespace reconcile::report
