#pragma once

#include <filesystem>

#include "reconcile/data/dataset.h"
#include "reconcile/data/transform.h"
#include "reconcile/models/model.h"

namespace reconcile {

/// Draws what a network says of up to four samples, spread evenly over `data` whatever the network, so that runs can be
/// compared: `directory`/pictures/ gets PNG files, at most 160 pixels wide and high, of the input and of truth,
/// prediction and error of the first eight tasks, and `directory`/pictures.json says which is which
/// (docs/formats/records.md). Nothing where there is no sample. `transform` is undone for inputs. Leaves the model in
/// training mode.
void save_pictures(MultiTaskModel& model, const Dataset& data, const TransformOptions& transform,
                   const std::filesystem::path& directory);

}  // namespace reconcile
