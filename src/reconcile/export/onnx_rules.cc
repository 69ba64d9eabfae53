#include "reconcile/export/onnx_rules.h"

namespace reconcile {

const OnnxRules& onnx_rules() {
  static const OnnxRules all = [] {
    OnnxRules rules = arithmetic_rules();
    for (auto part : {layer_rules(), pooling_rules(), shape_rules()}) rules.merge(part);
    return rules;
  }();
  return all;
}

}  // namespace reconcile
