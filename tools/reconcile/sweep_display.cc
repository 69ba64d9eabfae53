#include "reconcile/sweep_display.h"

#include <fmt/format.h>

#include "reconcile/base/json_lines.h"
#include "reconcile/report/blocks.h"

namespace reconcile::tool {
namespace {

constexpr auto kBetweenDraws = std::chrono::milliseconds(250);

double mean_train_loss(const Json& epoch) {
  double sum = 0, count = 0;
  for (const auto& [task, values] : epoch.at("train").items()) {
    if (!values.at("loss").is_number()) continue;
    sum += values.at("loss").get<double>();
    count += 1;
  }
  return sum / count;
}

Piece block_piece(double share, int64_t width, int from, int until) {
  return {report::block_bar(share, width, "░"), Style::kAccent, from, until};
}

}  // namespace

SweepDisplay::SweepDisplay(std::filesystem::path folder, int64_t all, int64_t before)
    : folder_(std::move(folder)), all_(all), before_(before) {}

void SweepDisplay::read_course(const std::string& path) {
  const auto file = folder_ / path / "run.jsonl";
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(file, error);
  Course& course = courses_[path];
  if (error || bytes == course.bytes) return;
  course = {.bytes = bytes};
  for (const auto& record : read_json_lines(file)) {
    const std::string type = record.value("type", "");
    if (type == "run") course.epochs = record.value("epochs", int64_t{0});
    if (type != "epoch") continue;
    course.epoch = record;
    course.losses.push_back(mean_train_loss(record));
  }
}

Line SweepDisplay::whole_line(size_t running) const {
  const int64_t finished = before_ + done_;
  const double share = static_cast<double>(finished) / static_cast<double>(all_);
  const auto left = static_cast<double>(all_ - finished - failed_);
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const std::string eta =
      done_ == 0 ? "" : " · eta " + clock_text(left * seconds / static_cast<double>(done_ + failed_));
  return {{"sweep", Style::kBold},
          {fmt::format(" {} of {} runs ", finished, all_)},
          block_piece(share, 24, 0, 2),
          block_piece(share, 8, 2, 4),
          {fmt::format(" {:.0f} % · {} going on", 100 * share, running), Style::kPlain, 0, 5},
          {failed_ == 0 ? "" : fmt::format(" · {} failed", failed_), Style::kBold},
          {eta, Style::kPlain, 0, 3}};
}

Line SweepDisplay::run_line(const std::string& path) const {
  const Course& course = courses_.at(path);
  const auto epoch = course.epoch.is_null() ? 0 : course.epoch.at("epoch").get<int64_t>();
  Line line{{"  " + path}};
  if (course.epochs == 0) {
    line.push_back({" starting", Style::kDim});
    return line;
  }
  line.push_back({fmt::format(" epoch {}/{} ", epoch, course.epochs)});
  const double share = static_cast<double>(epoch) / static_cast<double>(course.epochs);
  line.push_back(block_piece(share, 12, 0, 3));
  line.push_back(block_piece(share, 6, 3, 4));
  if (course.epoch.is_null()) return line;
  line.push_back({fmt::format(" · loss {:.3f}", course.losses.back()), Style::kPlain, 0, 6});
  line.push_back({" " + report::sparkline(course.losses, 12), Style::kAccent, 0, 2});
  if (course.epoch.contains("conflict_share")) {
    const double conflict = course.epoch.at("conflict_share").get<double>();
    line.push_back({fmt::format(" · conflict {:.0f} %", 100 * conflict), Style::kPlain, 0, 5});
  }
  return line;
}

void SweepDisplay::draw(const std::vector<const SweepRun*>& running) {
  const auto now = Clock::now();
  if (!terminal_.is_live() || now - last_shown_ < kBetweenDraws) return;
  last_shown_ = now;
  std::vector<Line> lines{whole_line(running.size())};
  for (const SweepRun* run : running) {
    read_course(run->path);
    lines.push_back(run_line(run->path));
  }
  terminal_.draw(lines);
}

void SweepDisplay::on_end(const SweepRun& run) {
  if (!run.failure.empty()) {
    ++failed_;
    return on_message(fmt::format("{}: failed: {}", run.path, run.failure));
  }
  ++done_;
  on_message(fmt::format("{}: done in {:.1f} s, {} of {}", run.path, run.record.at("seconds").get<double>(),
                         before_ + done_, all_));
}

void SweepDisplay::on_message(const std::string& text) {
  terminal_.clear();
  say(text);
}

}  // namespace reconcile::tool
