#include "reconcile/report/report.h"

#include "reconcile/arguments.h"
#include "reconcile/base/file.h"
#include "reconcile/commands.h"

namespace reconcile::tool {
namespace {

struct ReportArguments {
  std::string run;
  std::string format = "text";
  bool json = false;
};

void report(const ReportArguments& arguments) {
  if (arguments.json) return fmt::print("{}\n", json_report(arguments.run));
  if (arguments.format == "csv") return fmt::print("{}", csv_report(arguments.run));
  if (arguments.format == "markdown") return fmt::print("{}", markdown_report(arguments.run));
  const auto page = std::filesystem::path(arguments.run) / "report.html";
  write_atomically(page, html_report(arguments.run));
  fmt::print("{}\n{}\n", console_report(arguments.run), page.string());
}

}  // namespace

void add_report(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("report", "show a run: a table here, and report.html in its folder");
  auto arguments = std::make_shared<ReportArguments>();
  verb->add_option("run", arguments->run, "folder of `reconcile recon`, or of one run")->required();
  verb->add_option("--format", arguments->format, "of the table; only text also writes report.html")
      ->check(CLI::IsMember({"text", "csv", "markdown"}))
      ->capture_default_str();
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { report(*arguments); });
}

}  // namespace reconcile::tool
