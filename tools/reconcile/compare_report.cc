#include "reconcile/compare_report.h"

#include <fmt/format.h>

#include "reconcile/base/file.h"

namespace reconcile::tool {

bool is_comparison(const ComparisonRequest& request) {
  const auto& folders = request.directories;
  return folders.size() > 1 || !request.base.empty() || holds_several_runs(folders.front());
}

std::string default_page(const ComparisonRequest& request) {
  if (request.directories.size() > 1 || !request.base.empty()) return "comparison.html";
  return (request.directories.front() / "report.html").string();
}

void compare(const ComparisonRequest& request, const ComparisonOutput& output) {
  if (output.format == "json") return fmt::print("{}", json_comparison(request));
  if (output.format == "csv") return fmt::print("{}", csv_comparison(request));
  if (output.format == "markdown") return fmt::print("{}", markdown_comparison(request));
  if (output.format == "latex") return fmt::print("{}", latex_comparison(request));
  fmt::print("{}", console_comparison(request));
  if (output.page.empty()) return;
  write_atomically(output.page, html_comparison(request));
  fmt::print("\n{}\n", output.page);
}

}  // namespace reconcile::tool
