#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

/// Reports on a directory of records (docs/formats/records.md): a pipeline with its summary.json, a sweep with its
/// sweep.json, or a single run with only a run.jsonl. Each returns text; callers write files. DataError if the
/// directory holds neither or a record is damaged.
namespace reconcile {

/// The headline, the comparison table, the cosines and the ranking for a terminal (UTF-8).
std::string console_report(const std::filesystem::path& directory);

/// The headline and the comparison table in Markdown.
std::string markdown_report(const std::filesystem::path& directory);

/// The comparison with all digits, mean, sd and n in columns of their own; for a single run, one row an epoch.
std::string csv_report(const std::filesystem::path& directory);

/// The records as one document: `{"schema_version", "summary", "runs": {path: [record ...]}}`; `summary` is null for a
/// single run, whose path is ".".
std::string json_report(const std::filesystem::path& directory);

/// One page that needs neither network nor script.
std::string html_report(const std::filesystem::path& directory);

/// A page of `html_report` that the browser loads anew after so many seconds.
std::string refreshing(std::string page, int64_t seconds);

/// Whether everything that was begun in the directory has come to its end.
bool is_finished(const std::filesystem::path& directory);

}  // namespace reconcile
