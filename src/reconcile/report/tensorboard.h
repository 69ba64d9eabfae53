#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "reconcile/report/epoch_values.h"
#include "reconcile/report/event_file.h"
#include "reconcile/report/wire_message.h"

namespace reconcile::report {

/// The records of a training run as one more event file in its folder, written while it runs. docs/formats/records.md
/// lists the tags.
class TensorBoardLog {
 public:
  /// Begins the file: a start after `step` steps, and for a new run the configuration as text and as hyperparameters.
  /// `run`: the `run` record; `config`: the resolved experiment; `values`: what is written of every epoch. DataError if
  /// the file cannot be created.
  TensorBoardLog(std::filesystem::path directory, Json run, const Json& config, std::vector<EpochValue> values,
                 int64_t step);

  /// Takes any later record of run.jsonl; those of an epoch are written together, with its `epoch` record.
  void add(const Json& record);

  /// The pictures that the folder's pictures.json lists, if it is there, at the last step. DataError with the place if
  /// the list or a picture is damaged.
  void add_pictures();

 private:
  using Values = std::vector<WireMessage>;
  void write(const Values& values);
  [[nodiscard]] Values values_of_epoch(const Json& record) const;
  void append_conflicts(Values& to) const;

  std::filesystem::path directory_;
  Json run_;
  std::vector<EpochValue> values_;
  int64_t step_;
  std::optional<Json> conflict_;  ///< of the running epoch
  EventFile file_;
};

}  // namespace reconcile::report
