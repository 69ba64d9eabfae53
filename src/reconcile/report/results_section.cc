#include "reconcile/report/page.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/study_page.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
std::string results_section(const Pipeline& pipeline) { return results_section(study_of(pipeline)); }

std::string results_section(const Study& study) {
  if (study.contenders.empty()) return paragraph("No training has finished yet, so there are no results.");
  std::string body = method_figure(study);
  body += study.tasks.size() > kManyTasks ? many_tasks_figure(study) : task_bars_figure(study);
  body += trade_off_figure(study);
  body += "<h3>The table</h3>\n" + table_part(study) + difference_part(study) + protocol_part(study);
  return body;
}

std::string paper_section(const std::vector<PaperTable>& tables) {
  std::string body = paragraph(
      "Each cell: the printed number / ours (by how much ours is larger). Shares in percent. \"-\": not printed, or "
      "not run.",
      "dim");
  for (const auto& [source, table] : tables) body += "<h3>" + escape(source) + "</h3>\n" + html_table(table);
  return body;
}

}  // namespace reconcile::report
