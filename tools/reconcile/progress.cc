#include "reconcile/progress.h"

#include <unistd.h>

#include <cstdio>

#include "reconcile/report/numbers.h"

namespace reconcile::tool {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(100);
constexpr int64_t kBarWidth = 12;

std::string bar(int64_t done, int64_t all) {
  const int64_t full = kBarWidth * done / all;
  std::string text;
  for (int64_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string title) : title_(std::move(title)), is_terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::clear_line() const {
  if (is_terminal_) fmt::print(stderr, "\r\033[2K");
}

void Progress::on_step(const TrainObserver::Progress& p) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_terminal_ || now - last_shown_ < kBetween) return;
  last_shown_ = now;
  const int64_t left = (p.epochs - p.epoch) * p.steps + p.steps - p.step;
  std::string losses;
  for (const double loss : p.losses) losses += fmt::format(" {:.3f}", loss);
  const std::string conflict = p.conflict_share < 0 ? "" : fmt::format(" · conflict {:.0f} %", 100 * p.conflict_share);
  fmt::print(stderr, "\r\033[2K{} epoch {}/{} {} {}/{} · {:.1f} it/s · eta {} · loss{}{}", title_, p.epoch, p.epochs,
             bar(p.step, p.steps), p.step, p.steps, 1.0 / p.seconds_per_step,
             clock_text(static_cast<double>(left) * p.seconds_per_step), losses, conflict);
  std::fflush(stderr);
}

void Progress::on_epoch(const Json& record, int64_t epochs) {
  clear_line();
  std::string tasks;
  for (const auto& [task, values] : record.at("train").items()) {
    tasks += fmt::format(" · {} loss {:.3f}", task, values.at("loss").get<double>());
    const Json validation = record.value("validation", Json::object()).value(task, Json::object());
    if (validation.empty()) continue;
    const auto first = validation.begin();  // of the criteria by which the task is judged
    tasks += ", " + report::metric_words(Json{{first.key(), first.value()}});
  }
  const std::string conflict =
      record.contains("conflict_share")
          ? fmt::format(" · conflict {:.0f} %", 100 * record.at("conflict_share").get<double>())
          : "";
  fmt::print(stderr, "{} epoch {}/{} in {:.1f} s, {:.3f} s/step{}{}\n", title_, record.at("epoch").get<int64_t>(),
             epochs, record.at("seconds").get<double>(), record.at("seconds_per_step").get<double>(), tasks, conflict);
}

void Progress::on_message(const std::string& text) {
  clear_line();
  say(title_ + ": " + text);
}

void say(const std::string& text) { fmt::print(stderr, "{}\n", text); }

}  // namespace reconcile::tool
