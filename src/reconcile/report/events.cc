#include "reconcile/report/events.h"

#include <algorithm>

#include "reconcile/base/error.h"

namespace reconcile::report {
namespace {

WireMessage event_at(double seconds, int64_t step) {
  WireMessage event;
  event.real(1, seconds);
  if (step != 0) event.whole(2, static_cast<uint64_t>(step));
  return event;
}

WireMessage tagged(const std::string& tag) { return WireMessage().text(1, tag); }

/// The metadata of a value that only one plugin reads.
WireMessage plugin_metadata(const std::string& plugin, const WireMessage& content) {
  constexpr uint64_t kTensors = 2;  // class of the data
  return WireMessage().message(1, WireMessage().text(1, plugin).message(2, content)).whole(4, kTensors);
}

/// Shape [1].
WireMessage shape_of_one() { return WireMessage().message(2, WireMessage().whole(1, 1)); }

/// Plugins that keep everything in the metadata still want a tensor.
WireMessage hparams_value(const std::string& name, int field, const WireMessage& content) {
  const WireMessage zero = WireMessage().whole(1, 1).message(2, shape_of_one()).text(5, std::string(4, '\0'));
  WireMessage value = tagged("_hparams_/" + name);
  value.message(9, plugin_metadata("hparams", WireMessage().whole(1, 0).message(field, content)));
  return value.message(8, zero);
}

/// A google.protobuf.Value.
WireMessage json_value(const Json& value) {
  if (value.is_boolean()) return WireMessage().whole(4, value.get<bool>() ? 1 : 0);
  if (value.is_number()) return WireMessage().real(2, value.get<double>());
  return WireMessage().text(3, value.get<std::string>());
}

uint64_t data_type(const Json& value) { return value.is_string() ? 1 : value.is_boolean() ? 2 : 3; }

uint32_t big_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

WireMessage version_event(double seconds) { return event_at(seconds, 0).text(3, "brain.Event:2"); }

WireMessage start_event(double seconds, int64_t next_step) {
  return event_at(seconds, next_step).message(7, WireMessage().whole(1, 1));
}

WireMessage summary_event(double seconds, int64_t step, const std::vector<WireMessage>& values) {
  WireMessage summary;
  for (const auto& value : values) summary.message(1, value);
  return event_at(seconds, step).message(5, summary);
}

WireMessage scalar_value(const std::string& tag, double value) {
  return tagged(tag).real32(2, static_cast<float>(value));
}

WireMessage histogram_value(const std::string& tag, const std::vector<double>& counts, double low, double high,
                            double mean) {
  const double width = (high - low) / static_cast<double>(counts.size());
  double num = 0, sum_squares = 0;
  size_t first = counts.size(), last = 0;
  std::vector<double> limits;
  for (size_t b = 0; b < counts.size(); ++b) {
    limits.push_back(low + static_cast<double>(b + 1) * width);
    const double centre = limits.back() - width / 2;
    num += counts[b];
    sum_squares += counts[b] * centre * centre;
    if (counts[b] > 0) first = std::min(first, b), last = b;
  }
  WireMessage histogram;  // its ends are the edges of the outermost bins that hold something
  histogram.real(1, limits[first] - width).real(2, limits[last]).real(3, num).real(4, mean * num).real(5, sum_squares);
  return tagged(tag).message(5, histogram.reals(6, limits).reals(7, counts));
}

WireMessage text_value(const std::string& name, std::string_view markdown) {
  const WireMessage tensor = WireMessage().whole(1, 7).message(2, shape_of_one()).text(8, markdown);
  return tagged(name + "/text_summary").message(9, plugin_metadata("text", {})).message(8, tensor);
}

WireMessage image_value(const std::string& tag, std::string_view png, const std::string& name) {
  constexpr size_t kHeader = 26;                                     // up to and with the colour type
  constexpr std::array<uint64_t, 7> kChannels{1, 0, 3, 3, 2, 0, 4};  // of a colour type
  if (png.size() < kHeader || !png.starts_with("\x89PNG") || static_cast<unsigned char>(png[25]) >= kChannels.size()) {
    fail<DataError>("{}: not a PNG picture. Write it again, or take it out of pictures.json.", name);
  }
  WireMessage image;
  image.whole(1, big_endian(png.substr(20, 4))).whole(2, big_endian(png.substr(16, 4)));
  image.whole(3, kChannels[static_cast<unsigned char>(png[25])]).text(4, png);
  return tagged(tag).message(4, image);
}

std::vector<WireMessage> hparams_values(const std::string& experiment, const Json& hparams,
                                        const std::vector<std::string>& metric_tags, double seconds) {
  WireMessage table;
  table.real(3, seconds);
  WireMessage start;
  for (const auto& [name, value] : hparams.items()) {
    table.message(4, WireMessage().text(1, name).whole(4, data_type(value)));
    start.message(1, WireMessage().text(1, name).message(2, json_value(value)));
  }
  for (const auto& tag : metric_tags) table.message(5, WireMessage().message(1, WireMessage().text(2, tag)));
  table.text(6, experiment);
  start.real(5, seconds);
  return {hparams_value("experiment", 2, table), hparams_value("session_start_info", 3, start)};
}

WireMessage hparams_end_value(double seconds) {
  return hparams_value("session_end_info", 4, WireMessage().whole(1, 1).real(2, seconds));
}

}  // namespace reconcile::report
