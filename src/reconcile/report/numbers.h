#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reconcile/base/options.h"
#include "reconcile/report/records.h"

/// Numbers as people read them. A number that is not finite is "n/a".
namespace reconcile::report {

/// `digits` places behind the point, never "-0.00".
std::string fixed(double value, int digits);
/// As `fixed`, always with its sign.
std::string signed_fixed(double value, int digits);
/// 0.384 -> "38.4 %".
std::string percent(double share, int digits = 1);
/// 44300 -> "44.3 k"; M, G and T likewise.
std::string compact(double value);
/// 1.3 -> "1.30×".
std::string factor(double value);
/// All digits.
std::string exact_number(double value);
/// `scale * mean`, with " ± sd" behind it for several seeds; "-" where nothing was measured.
std::string text_of(const Statistic& statistic, double scale = 1, int digits = 2);

/// Whether a metric is a share in 0..1, shown in percent. A metric without a name of its own here is a plain number.
bool is_share(std::string_view metric);
/// "%", "°" or "".
std::string metric_unit(std::string_view metric);
/// Places behind the point that a metric is shown with.
int metric_digits(std::string_view metric);
/// Whether another metric says the same (error = 1 - accuracy), so that texts and tables for people leave it out.
bool restates_another(std::string_view metric);
/// "higher is better", "lower is better", or "" where neither is said.
std::string_view better(std::string_view metric);
/// The heading of a column: "T1 accuracy % ↑", "normal mean_angle ° ↓", "T1 loss".
std::string metric_title(const std::string& task, const std::string& metric);
/// The metric's statistic without its unit, in percent where it is a share.
std::string metric_text(const Statistic& statistic, std::string_view metric);
/// "accuracy 96.12 %", "mean_angle 27.30°", "loss 0.1234".
std::string metric_words(std::string_view metric, double value);
/// The same for all metrics of a task in a record, {metric: value}: "accuracy 96.12 %, loss 0.1234".
std::string metric_words(const Json& metrics);

/// Characters of UTF-8 text, each taken as one column wide.
int64_t display_width(std::string_view text);

}  // namespace reconcile::report
