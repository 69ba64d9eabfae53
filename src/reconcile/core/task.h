#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reconcile {

/// What is predicted: decides the default head, loss and metrics of a task.
enum class TaskKind {
  kClassification,  ///< one of `num_outputs` classes an image
  kMultiLabel,      ///< `num_outputs` yes-or-no answers an image
  kRegression,      ///< `num_outputs` numbers an image
  kSegmentation,    ///< one of `num_outputs` classes a pixel
  kParts,           ///< as segmentation; images without any person are void
  kDepth,           ///< one positive number a pixel
  kNormals,         ///< a unit vector of three numbers a pixel
  kSaliency,        ///< yes or no a pixel
  kEdges            ///< yes or no a pixel, few of them yes
};

/// Whether there is a prediction for each pixel: [B, num_outputs, H, W] instead of [B, num_outputs].
constexpr bool is_dense(TaskKind kind) { return kind >= TaskKind::kSegmentation; }

/// Whether a target names classes, as whole numbers: one of `num_outputs`.
constexpr bool is_class(TaskKind kind) {
  return kind == TaskKind::kClassification || kind == TaskKind::kSegmentation || kind == TaskKind::kParts;
}

/// The word for a kind in files and options: "multi_label".
std::string kind_name(TaskKind kind);

/// The kind that `name` stands for; InvalidArgument begins with `where` and names the nearest one.
TaskKind parse_kind(const std::string& name, const std::string& where);

/// Channels of a kind that leaves no choice: 1 or 3; 0 where the data decide.
constexpr int64_t fixed_outputs(TaskKind kind) {
  if (kind == TaskKind::kNormals) return 3;
  return kind == TaskKind::kDepth || kind == TaskKind::kSaliency || kind == TaskKind::kEdges ? 1 : 0;
}

/// One task of a data set.
struct Task {
  std::string name;  ///< as in tables: "T1", "semantic"
  TaskKind kind = TaskKind::kClassification;
  int64_t num_outputs = 0;  ///< classes, labels or channels
  bool operator==(const Task&) const = default;
};

/// The tasks in their fixed order; index = stream.
using TaskSet = std::vector<Task>;

/// A method's option that has one number a task: `given` [T], or `otherwise` for each if it is empty. InvalidArgument
/// if their number is not `num_tasks`; `what` is `aggregator "constant": weights`.
std::vector<double> task_values(const std::vector<double>& given, int64_t num_tasks, double otherwise,
                                const std::string& what);

}  // namespace reconcile
