#include "reconcile/report/report.h"

#include "reconcile/arguments.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"
#include "reconcile/compare_report.h"

namespace reconcile::tool {
namespace {

struct ReportArguments {
  std::vector<std::string> runs;
  std::string format = "text";
  std::string base;
  std::string page;
  bool json = false;
};

void report_one(const ReportArguments& arguments, const std::string& run) {
  if (arguments.json) return fmt::print("{}\n", json_report(run));
  if (arguments.format == "csv") return fmt::print("{}", csv_report(run));
  if (arguments.format == "markdown") return fmt::print("{}", markdown_report(run));
  if (arguments.format == "latex") return fmt::print("{}", latex_comparison({.directories = {run}}));
  const auto page = arguments.page.empty() ? (std::filesystem::path(run) / "report.html").string() : arguments.page;
  write_atomically(page, html_report(run));
  fmt::print("{}\n{}\n", console_report(run), page);
}

void report(const ReportArguments& arguments) {
  const ComparisonRequest request{{arguments.runs.begin(), arguments.runs.end()}, arguments.base};
  if (!is_comparison(request)) return report_one(arguments, arguments.runs.front());
  compare(request, {.format = arguments.json ? "json" : arguments.format,
                    .page = arguments.page.empty() ? default_page(request) : arguments.page});
}

}  // namespace

void add_report(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("report", "show a run, or compare several: a table here, and a page (HTML)");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("run", arguments->runs,
                   "folders of `reconcile recon`, `train` or `sweep`, or of one run; several are compared")
      ->required();
  verb->add_option("-o,--output", arguments->page,
                   "file of the page; left out, report.html in the run's folder, and comparison.html here for several");
  verb->add_option("--base", arguments->base,
                   "row (its label or method) that differences are taken from; left out, the first joint training");
  verb->add_option("--format", arguments->format, "of the table; only text also writes the page")
      ->check(CLI::IsMember({"text", "csv", "markdown", "latex"}))
      ->capture_default_str();
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { report(*arguments); });
}

}  // namespace reconcile::tool
