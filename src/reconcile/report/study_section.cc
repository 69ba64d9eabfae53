#include <fmt/format.h>

#include "reconcile/report/comparison.h"
#include "reconcile/report/copy_box.h"
#include "reconcile/report/csv.h"
#include "reconcile/report/page.h"
#include "reconcile/report/quantities.h"
#include "reconcile/report/result_table.h"
#include "reconcile/report/study_page.h"
#include "reconcile/report/study_words.h"

namespace reconcile::report {

std::string table_part(const Study& study) {
  if (study.contenders.empty()) return "";
  const ResultTable table = result_table(study);
  return paragraph(table_note(study) + " " + mark_note(table), "dim") + to_html(table) +
         copy_box({{"LaTeX", to_latex(table, table_note(study))},
                   {"Markdown", to_markdown(plain_table(table))},
                   {"CSV, all digits", to_csv(number_table(as_pipeline(study)))}});
}

std::string difference_part(const Study& study) {
  Table table = difference_table(study, quantities(study));
  if (table.rows.empty()) return "";
  for (size_t r = table.rows.size(); r-- > 1;) {
    if (table.rows[r][0] == table.rows[r - 1][0]) table.rows[r][0].clear();  // each method's name once
  }
  return "<h3>More than noise?</h3>\n" +
         paragraph("Against " + study.contenders[study.base].label + ": " + difference_note()) + html_table(table);
}

std::string protocol_part(const Study& study) {
  if (study.contenders.empty()) return "";
  std::string body = "<h3>Other protocols</h3>\n" + paragraph(protocol_sentence(study));
  for (const auto& [title, table] : protocol_tables(study)) body += paragraph(title, "dim") + html_table(table);
  return body;
}

}  // namespace reconcile::report
