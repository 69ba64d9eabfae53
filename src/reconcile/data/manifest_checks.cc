#include "reconcile/data/manifest_checks.h"

#include <fmt/ranges.h>

#include <cmath>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

void check_pattern(const std::string& pattern, const std::string& where) {
  if (pattern.empty() || pattern.find("{id}") != std::string::npos) return;
  fail<InvalidArgument>("{} = \"{}\", must hold {{id}}, as in \"rgb/{{id}}.png\".", where, pattern);
}

/// Where the values of a task stand.
void check_source(const Manifest& manifest, const ManifestTask& task) {
  const TaskKind kind = task.task.kind;
  check_pattern(task.file, task.where("file"));
  check_pattern(task.image, task.where("image"));
  if (is_dense(kind) == task.file.empty()) {
    fail<InvalidArgument>("{}: {} comes from {}.", task.where("type"), kind_name(kind),
                          is_dense(kind) ? "file = \"folder/{id}.png\" (or .npy)" : "csv = \"values.csv\" and column");
  }
  if (is_dense(kind)) {
    if (!manifest.table.empty()) {
      fail<InvalidArgument>("{}: a table has no pixels for {}.", task.where("type"), kind_name(kind));
    }
    return;
  }
  if (task.columns.empty() || (task.csv.empty() && manifest.table.empty())) {
    fail<InvalidArgument>("{}: {} comes from {}.", task.where("type"), kind_name(kind),
                          "csv = \"values.csv\" and column = \"name\" or columns = [\"a\", \"b\"]");
  }
  if (kind == TaskKind::kClassification && task.columns.size() != 1) {
    fail<InvalidArgument>("{}: a class stands in one column, these are {}.", task.where("columns"),
                          task.columns.size());
  }
  if (!task.image.empty() && !manifest.table.empty()) {
    fail<InvalidArgument>("{}: the input of all tasks is a table.", task.where("image"));
  }
}

/// Keys that have no meaning for the kind.
void check_meaning(const ManifestTask& task) {
  const TaskKind kind = task.task.kind;
  const bool measured = kind == TaskKind::kRegression || kind == TaskKind::kDepth || kind == TaskKind::kNormals;
  if (measured && !std::isnan(task.ignore)) {
    fail<InvalidArgument>("{}: {} has no classes. Write invalid = {}.", task.where("ignore"), kind_name(kind),
                          task.ignore);
  }
  if (!measured && !std::isnan(task.invalid)) {
    fail<InvalidArgument>("{}: {} has no measured numbers. Write ignore = {}.", task.where("invalid"), kind_name(kind),
                          task.invalid);
  }
  if (task.standardise && kind != TaskKind::kRegression) {
    fail<InvalidArgument>("{}: only regression can be standardised.", task.where("standardise"));
  }
}

}  // namespace

void check_dataset(const Manifest& manifest) {
  const auto& where = manifest.where;
  check_pattern(manifest.image, where("image"));
  if (manifest.image.empty() == manifest.table.empty()) {
    fail<InvalidArgument>("{}: [dataset] needs either image = \"rgb/{{id}}.png\" or table = \"numbers.csv\".",
                          manifest.path.string());
  }
  if (manifest.table.empty() != manifest.inputs.empty()) {
    fail<InvalidArgument>("{}: `table` and `inputs`, a list of its columns, go together.",
                          where(manifest.table.empty() ? "inputs" : "table"));
  }
  if (!manifest.size.empty() && manifest.size.size() != 2) {
    fail<InvalidArgument>("{} = [{}], must be [height, width].", where("size"), fmt::join(manifest.size, ", "));
  }
}

void check_task(const Manifest& manifest, const ManifestTask& task) {
  check_source(manifest, task);
  check_meaning(task);
}

}  // namespace reconcile
