#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reconcile/base/file.h"
#include "reconcile/base/text.h"
#include "reconcile/report/numbers.h"
#include "reconcile/report/page.h"
#include "reconcile/report/sections.h"
#include "reconcile/report/series.h"
#include "reconcile/report/svg.h"

namespace reconcile::report {
namespace {

constexpr size_t kMostThumbnails = 24, kMostBytes = 1'500'000;

/// The pictures of one sample and one task: truth, then prediction and error of each run.
class Mosaic {
 public:
  explicit Mosaic(Named<const RunLog*> runs) : runs_(std::move(runs)) {}

  /// Whole samples as long as they fit into what a page may hold, and the first in any case, cut where it is too long;
  /// "" if no file is there.
  std::string body() {
    const auto& samples = runs_.front().second->pictures;
    for (size_t s = 0; s < samples.size(); ++s) {
      if (s > 0 && thumbnails_ + thumbnails_of(samples[s]) > kMostThumbnails) break;
      add_sample(s);
    }
    return thumbnails_ > 0 ? body_ : "";
  }
  [[nodiscard]] const Table& scores() const { return scores_; }
  [[nodiscard]] bool was_cut() const { return was_cut_; }

 private:
  static bool has_own_inputs(const SamplePictures& sample) {
    return !sample.tasks.empty() && !sample.tasks.front().input.empty();
  }

  [[nodiscard]] size_t thumbnails_of(const SamplePictures& sample) const {
    size_t count = has_own_inputs(sample) ? 0 : 1;
    for (const auto& task : sample.tasks)
      count += (task.input.empty() ? 1 : 2) + runs_.size() * (task.error.empty() ? 1 : 2);
    return count;
  }

  void add_sample(size_t index) {
    const auto& sample = runs_.front().second->pictures[index];
    const std::string title = fmt::format("sample {}", sample.sample);
    const std::string input = has_own_inputs(sample) ? "" : picture(*runs_.front().second, sample.input, title, "");
    std::string rows;
    for (const auto& task : sample.tasks) rows += task_row(index, task);
    body_ += fmt::format("<div class=\"sample\">{}<div>{}</div></div>\n", input, rows);
  }

  /// The same task of the same sample in another run; null if it has none.
  static const TaskPictures* same(const RunLog& log, size_t index, const TaskPictures& task, int64_t sample) {
    if (index >= log.pictures.size() || log.pictures[index].sample != sample) return nullptr;
    for (const auto& other : log.pictures[index].tasks) {
      if (other.task == task.task) return &other;
    }
    return nullptr;
  }

  std::string task_row(size_t index, const TaskPictures& task) {
    const RunLog& first = *runs_.front().second;
    const int64_t sample = first.pictures[index].sample;
    std::string row;
    if (!task.input.empty()) row += picture(first, task.input, fmt::format("sample {}", sample), "");
    row += picture(first, task.truth, task.task + ": truth", "");
    for (const auto& [label, log] : runs_) {
      const auto* own = same(*log, index, task, sample);
      if (!own) continue;
      const std::string score = std::isfinite(own->score) ? fmt::format("{:.3g}", own->score) : "";
      row += picture(*log, own->prediction, label, score);
      if (!own->error.empty()) row += picture(*log, own->error, "error", "");
      scores_.rows.push_back({std::to_string(sample), task.task, label, score});
    }
    return row.empty() ? "" : "<div class=\"pictures\">" + row + "</div>\n";
  }

  std::string picture(const RunLog& log, const std::string& path, const std::string& title, const std::string& score) {
    const auto file = log.directory / path;
    if (thumbnails_ >= kMostThumbnails || !std::filesystem::exists(file)) {
      was_cut_ = true;
      return "";
    }
    const std::string bytes = read_file(file);
    if (bytes_ + 4 * bytes.size() / 3 > kMostBytes) {
      was_cut_ = true;
      return "";
    }
    bytes_ += 4 * bytes.size() / 3;
    ++thumbnails_;
    return fmt::format(
        "<figure class=\"thumb\"><img alt=\"{0}{1}\" "
        "src=\"data:image/png;base64,{2}\"><figcaption>{0}{1}</figcaption></figure>\n",
        escape(title), score.empty() ? "" : " (" + score + ")", base64(bytes));
  }

  Named<const RunLog*> runs_;
  std::string body_;
  Table scores_{{"sample", "task", "run", "score"}, {}};
  size_t thumbnails_ = 0, bytes_ = 0;
  bool was_cut_ = false;
};

std::string mosaic_of(const Named<const RunLog*>& runs) {
  if (runs.empty()) return "";
  Mosaic mosaic(runs);
  const std::string body = mosaic.body();
  if (body.empty()) return "";
  return figure(
      "A few samples of the test split, chosen before training: the input, what is true, what was predicted (with the "
      "task's first metric on this sample alone), and where it is wrong (brighter is more).",
      {"<div class=\"mosaic\">" + body + "</div>"},
      mosaic.was_cut() ? paragraph("More pictures lie in the pictures/ folder of each run.", "dim") : "",
      {"scores of samples", mosaic.scores()});
}

}  // namespace

std::string picture_section(const Pipeline& pipeline) {
  auto runs = example_runs(pipeline);
  std::erase_if(runs, [](const auto& run) { return run.second->pictures.empty(); });
  return mosaic_of(runs);
}

std::string picture_figures(const RunLog& log) { return log.pictures.empty() ? "" : mosaic_of({{log.method, &log}}); }

}  // namespace reconcile::report
