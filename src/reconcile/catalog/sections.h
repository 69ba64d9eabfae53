#pragma once

#include "reconcile/catalog/experiment.h"

namespace reconcile {

// The option tables of an experiment file whose values only the catalogue reads.

const OptionTable<Experiment>& root_options();
const OptionTable<SearchOptions>& search_options();
const OptionTable<SplitOptions>& split_options();
const OptionTable<CompareOptions>& compare_options();
const OptionTable<HeadOptions>& head_options();
const OptionTable<WeightOptions>& weight_options();

}  // namespace reconcile
