#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconcile/report/charts.h"
#include "reconcile/report/records.h"

/// Numbers of epoch records as curves.
namespace reconcile::report {

/// One number of a task in an epoch; NaN where it has none.
using Reading = std::function<double(const EpochRecord& epoch, const std::string& task)>;

/// What a drawing shows of every task.
struct Measure {
  std::string title;
  Reading value;
  Reading low = {}, high = {};  ///< limits of the band; absent: the seeds'
  bool is_percent = false, is_log = false;
  bool is_of_single = true;  ///< whether single-task runs have it too
  bool is_of_tasks = true;   ///< otherwise one line for all tasks, read with the task ""
};

/// `metric` of the member `of` an epoch, "train" or "validation".
Reading training(const std::string& metric);
Reading validation(const std::string& metric);

/// The lines of one method: a colour a task, dotted for single-task networks, dashed without Recon, else with it.
CurveChart method_chart(const Pipeline& pipeline, const std::string& method, const Measure& measure);
/// One chart for each method that has such lines.
std::vector<CurveChart> method_charts(const Pipeline& pipeline, const Measure& measure);
/// The lines of one run.
CurveChart run_chart(const RunLog& log, const Measure& measure);

/// The charts that have lines, with their sentence, legend and data; "" if none has.
std::string curve_figure(const std::string& sentence, const std::vector<CurveChart>& charts, const std::string& legend,
                         const std::string& name);

/// The runs that stand for a pipeline, with their rows' labels: the first seed of the best row with Recon, behind that
/// of its method without; where no row is best, of the first method.
Named<const RunLog*> example_runs(const Pipeline& pipeline);

/// Which colour is which task.
std::string task_legend(const std::vector<std::string>& tasks);
/// Which line is which kind of run; single-task networks only where they are drawn.
std::string line_legend(bool with_single = true);

}  // namespace reconcile::report
