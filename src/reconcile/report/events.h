#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconcile/base/options.h"
#include "reconcile/report/wire_message.h"

/// TensorBoard's messages; numbers of fields as in its .proto files.
namespace reconcile::report {

/// The first event of every file.
WireMessage version_event(double seconds);

/// A start of the run whose next step is `next_step`. TensorBoard forgets what older files of the folder say of that
/// step and later ones, unless it is the first start in the folder.
WireMessage start_event(double seconds, int64_t next_step);

/// Values at a step.
WireMessage summary_event(double seconds, int64_t step, const std::vector<WireMessage>& values);

// Values of a summary.

WireMessage scalar_value(const std::string& tag, double value);

/// Counts of numbers in equal bins over [low, high], at least one of them > 0, and the numbers' mean.
WireMessage histogram_value(const std::string& tag, const std::vector<double>& counts, double low, double high,
                            double mean);

/// Markdown.
WireMessage text_value(const std::string& name, std::string_view markdown);

/// A picture; `png` is a whole file, and `name` its name in messages. DataError if it is not a PNG.
WireMessage image_value(const std::string& tag, std::string_view png, const std::string& name);

/// The hyperparameters of a run, as they appear in the table of the HParams page: the names (numbers, texts and truth
/// values) and the tags of the scalars by which runs are compared.
std::vector<WireMessage> hparams_values(const std::string& experiment, const Json& hparams,
                                        const std::vector<std::string>& metric_tags, double seconds);
/// That the run ended well.
WireMessage hparams_end_value(double seconds);

}  // namespace reconcile::report
