#include "reconcile/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "reconcile/report/blocks.h"
#include "reconcile/report/numbers.h"

namespace reconcile::tool {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(100);

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(std::max<size_t>(values.size(), 1));
}

std::string rate_text(double seconds_per_step) {
  return seconds_per_step < 1 ? fmt::format(" · {:.1f} it/s", 1 / seconds_per_step)
                              : fmt::format(" · {:.1f} s/it", seconds_per_step);
}

/// Of a record, where a number that is not finite is a text.
std::string loss_text(const Json& loss) {
  return loss.is_number() ? fmt::format("{:.3f}", loss.get<double>()) : loss.get<std::string>();
}

int64_t steps_done(const TrainObserver::Progress& p) { return (p.epoch - 1) * p.steps + p.step; }

}  // namespace

Progress::Progress(std::string title, const TaskSet& tasks) : title_(std::move(title)) {
  for (const auto& task : tasks) tasks_.push_back(task.name);
}

void Progress::remember_loss(const TrainObserver::Progress& p) {
  if (p.epoch != epoch_) {
    epoch_ = p.epoch;
    step_ = 0;
    loss_sum_ = 0;
  }
  const double sum = mean_of(p.losses) * static_cast<double>(p.step);
  history_.add((sum - loss_sum_) / static_cast<double>(std::max<int64_t>(p.step - step_, 1)));
  step_ = p.step;
  loss_sum_ = sum;
}

double Progress::seconds_left(const TrainObserver::Progress& p, Clock::time_point now) {
  const auto left = static_cast<double>(p.epochs * p.steps - steps_done(p));
  const int64_t seen = steps_done(p) - first_step_;
  if (seen == 0) return left * p.seconds_per_step;
  return left * std::chrono::duration<double>(now - first_time_).count() / static_cast<double>(seen);
}

std::string Progress::losses_text(const std::vector<double>& losses) const {
  std::string text = " · loss";
  for (size_t t = 0; t < losses.size(); ++t) {
    text += losses.size() == tasks_.size() ? fmt::format(" {} {:.3f}", tasks_[t], losses[t])
                                           : fmt::format(" {:.3f}", losses[t]);
  }
  return text;
}

/// In the order in which they go: the number of steps, their rate, the single losses, half of the drawings, conflicts,
/// the other half, the time, the mean loss.
Line Progress::line(const TrainObserver::Progress& p, double seconds_left) const {
  const double share = static_cast<double>(p.step) / static_cast<double>(p.steps);
  const auto bar = [&](int64_t width) { return report::block_bar(share, width, "░") + " "; };
  const auto history = [&](int64_t width) { return " " + report::sparkline(history_.means(), width); };
  const std::string conflict = p.conflict_share < 0 ? "" : fmt::format(" · conflict {:.0f} %", 100 * p.conflict_share);
  return {{title_, Style::kBold},
          {fmt::format(" epoch {}/{} ", p.epoch, p.epochs)},
          {bar(16), Style::kAccent, 0, 4},
          {bar(6), Style::kAccent, 4, 6},
          {fmt::format("{:3.0f} %", 100 * share)},
          {fmt::format(" {}/{}", p.step, p.steps), Style::kDim, 0, 1},
          {rate_text(p.seconds_per_step), Style::kDim, 0, 2},
          {" · eta " + clock_text(seconds_left), Style::kPlain, 0, 7},
          {losses_text(p.losses), Style::kPlain, 0, 3},
          {fmt::format(" · loss {:.3f}", mean_of(p.losses)), Style::kPlain, 3, 8},
          {history(16), Style::kAccent, 0, 4},
          {history(6), Style::kAccent, 4, 6},
          {conflict, Style::kPlain, 0, 5}};
}

void Progress::on_step(const TrainObserver::Progress& p) {
  if (!terminal_.is_live()) return;
  remember_loss(p);
  const auto now = Clock::now();
  if (first_step_ < 0) {
    first_step_ = steps_done(p);
    first_time_ = now;
  }
  if (now - last_shown_ < kBetween) return;
  last_shown_ = now;
  terminal_.draw({line(p, seconds_left(p, now))});
}

void Progress::on_epoch(const Json& record, int64_t epochs) {
  terminal_.clear();
  std::string tasks;
  for (const auto& [task, values] : record.at("train").items()) {
    tasks += fmt::format(" · {} loss {}", task, loss_text(values.at("loss")));
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
  terminal_.clear();
  say(title_ + ": " + text);
}

}  // namespace reconcile::tool
