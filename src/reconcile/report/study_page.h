#pragma once

#include <string>

#include "reconcile/report/study.h"

namespace reconcile::report {

/// One self-contained page about a comparison.
std::string render_html(const Study& study);

// The parts that pipelines have too; each is "" where there is nothing to say.

/// Contenders sorted by the main quantity, with seed whiskers, sizes and times.
std::string method_figure(const Study& study);
/// Every contender's difference from single-task networks (from the base without those), a drawing a task.
std::string task_bars_figure(const Study& study);
/// Of many tasks: every task's gain, of the base and the best.
std::string many_tasks_figure(const Study& study);
/// Two tasks against each other, or an axis a task.
std::string trade_off_figure(const Study& study);
/// The result table with copies as LaTeX, Markdown and CSV.
std::string table_part(const Study& study);
/// Paired differences from the base.
std::string difference_part(const Study& study);
/// Which epoch and split stand for a run, side by side.
std::string protocol_part(const Study& study);

}  // namespace reconcile::report
