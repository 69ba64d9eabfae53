#pragma once

#include <string>
#include <vector>

#include "reconcile/report/paper.h"
#include "reconcile/report/records.h"
#include "reconcile/report/study.h"
#include "reconcile/report/table.h"

/// What the pages say and show, one function a section: HTML text.
namespace reconcile::report {

/// Delta m and every task's metric with and without Recon, the table, and what the seeds say of differences.
std::string results_section(const Pipeline& pipeline);
/// The same of a comparison.
std::string results_section(const Study& study);
/// Our numbers beside those that papers print, a table a source.
std::string paper_section(const std::vector<PaperTable>& tables);
/// Cosine histograms before and after.
std::string conflict_section(const Pipeline& pipeline);
/// Heat map, ranking, cost, and the network that was built.
std::string layer_section(const Pipeline& pipeline);
/// Curves over epochs, one drawing a method.
std::string curve_section(const Pipeline& pipeline);
/// Task weights, gradient norms, condition number and effective progress over epochs; "" without records of them.
std::string gradient_section(const Pipeline& pipeline);
/// Mean cosines of all pairs of tasks, of three or more tasks; "" without records of them.
std::string cosine_figures(const Pipeline& pipeline);
/// Confusion matrices of the best rows with and without Recon; "" without records of them.
std::string confusion_section(const Pipeline& pipeline);
/// Samples with truth, prediction and error of the best rows; "" without pictures.
std::string picture_section(const Pipeline& pipeline);
/// What each run had to put up with: skipped steps, fallbacks, values that are not finite.
std::string health_section(const Pipeline& pipeline);
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
/// The sections above for one run.
std::string gradient_figures(const RunLog& log);
std::string confusion_figures(const RunLog& log);
std::string picture_figures(const RunLog& log);
std::string health_figures(const RunLog& log);
/// Matrices at the first, the middle and the last epoch; of nine tasks and more the last, clustered. `name` is the
/// run's. "" for two tasks and without records.
std::string cosine_figure(const RunLog& log, const std::string& name);
/// What a run was made with: versions and machine.
Table machine_table(const RunLog& log);

}  // namespace reconcile::report
