#pragma once

#include "reconcile/export/onnx_call.h"

namespace reconcile {

/// A rule for every operation that can be exported: "aten::relu" -> its rule.
using OnnxRules = std::map<std::string, OnnxRule>;
const OnnxRules& onnx_rules();

// The parts of the table, each in a file of its own.
OnnxRules arithmetic_rules();
OnnxRules layer_rules();
OnnxRules pooling_rules();
OnnxRules shape_rules();

}  // namespace reconcile
