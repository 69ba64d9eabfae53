#include "reconcile/report/report.h"

#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"
#include "reconcile/compare_report.h"
#include "reconcile/watch.h"

namespace reconcile::tool {
namespace {

struct ReportArguments {
  std::vector<std::string> runs;
  std::string format = "text";
  std::string base;
  std::string page;
  bool json = false;
  bool text = false;
  bool watch = false;
  int64_t every = 10;
};

void report_one(const ReportArguments& arguments, const std::string& run) {
  if (arguments.json) return fmt::print("{}\n", json_report(run));
  if (arguments.format == "csv") return fmt::print("{}", csv_report(run));
  if (arguments.format == "markdown") return fmt::print("{}", markdown_report(run));
  if (arguments.format == "latex") return fmt::print("{}", latex_comparison({.directories = {run}}));
  if (arguments.text) return fmt::print("{}", console_report(run));
  const auto page = arguments.page.empty() ? (std::filesystem::path(run) / "report.html").string() : arguments.page;
  write_atomically(page, html_report(run));
  fmt::print("{}\n{}\n", console_report(run), page);
}

void report(const ReportArguments& arguments) {
  if (arguments.every < 1) fail<InvalidArgument>("--every {}: must be at least 1 second.", arguments.every);
  if (arguments.watch) {
    if (arguments.runs.size() > 1)
      fail<InvalidArgument>("--watch: takes one folder, {} are given.", arguments.runs.size());
    return watch(arguments.runs.front(), arguments.every);
  }
  const ComparisonRequest request{{arguments.runs.begin(), arguments.runs.end()}, arguments.base};
  if (!is_comparison(request)) return report_one(arguments, arguments.runs.front());
  std::string page = arguments.page.empty() ? default_page(request) : arguments.page;
  if (arguments.text) page.clear();
  compare(request, {.format = arguments.json ? "json" : arguments.format, .page = page});
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
  auto* format = verb->add_option("--format", arguments->format, "of the table; only text also writes the page")
                     ->check(CLI::IsMember({"text", "csv", "markdown", "latex"}))
                     ->capture_default_str();
  auto* json = verb->add_flag("--json", arguments->json, "one JSON document on stdout")->excludes(format);
  auto* text = verb->add_flag("--text", arguments->text, "only show it here; no page is written");
  auto* watch =
      verb->add_flag("--watch", arguments->watch, "write report.html again and again until the runs are done");
  verb->add_option("--every", arguments->every, "seconds between two reports of --watch")
      ->needs(watch)
      ->capture_default_str();
  text->excludes(format)->excludes(json);
  watch->excludes(format)->excludes(json)->excludes(text);
  verb->callback([arguments] { report(*arguments); });
}

}  // namespace reconcile::tool
