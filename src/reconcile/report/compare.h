#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Reports that compare the runs of several directories (or of one that holds several): pipelines, single runs, sweeps,
/// in any mixture with the same tasks. DataError where a directory is missing or holds no run, where no run has
/// finished, or where tasks differ; InvalidArgument where `base` is no row.
namespace reconcile {

struct ComparisonRequest {
  std::vector<std::filesystem::path> directories;
  std::string base;  ///< label or method of the row that differences are taken from; "": the first joint training
};

/// Headline, result table, paired differences and protocols for a terminal (UTF-8).
std::string console_comparison(const ComparisonRequest& request);
/// The same in Markdown.
std::string markdown_comparison(const ComparisonRequest& request);
/// The table with all digits: mean, sd and n in columns of their own.
std::string csv_comparison(const ComparisonRequest& request);
/// The result table for papers.
std::string latex_comparison(const ComparisonRequest& request);
/// `{"schema_version", "tasks", "base", "rows": [{label, kind, method, seeds: [{seed, protocol: {metrics, delta_m,
/// delta_m_flat}}]}], "differences": [...]}`
std::string json_comparison(const ComparisonRequest& request);
/// One page that needs no network.
std::string html_comparison(const ComparisonRequest& request);

/// Whether `directory` is neither a pipeline nor a run by itself, so that a report on it is a comparison of what it
/// holds.
bool holds_several_runs(const std::filesystem::path& directory);

}  // namespace reconcile
