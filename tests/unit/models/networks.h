#pragma once

#include <stdexcept>

#include "reconcile/models/model.h"

namespace reconcile {

namespace backbone_entries {
#define X(name) BackboneEntry name##_entry();
#include "reconcile/backbones/catalog.inc"
#undef X
}  // namespace backbone_entries
namespace head_entries {
#define X(name) HeadEntry name##_entry();
#include "reconcile/heads/catalog.inc"
#undef X
}  // namespace head_entries
namespace model_entries {
#define X(name) ModelEntry name##_entry();
#include "reconcile/models/catalog.inc"
#undef X
}  // namespace model_entries

inline std::vector<std::string> backbone_names() {
#define X(stem) #stem,
  return {
#include "reconcile/backbones/catalog.inc"
  };
#undef X
}

inline std::vector<std::string> architecture_names() {
#define X(stem) #stem,
  return {
#include "reconcile/models/catalog.inc"
  };
#undef X
}

inline BackboneEntry backbone_named(const std::string& name) {
#define X(stem) \
  if (name == #stem) return backbone_entries::stem##_entry();
#include "reconcile/backbones/catalog.inc"
#undef X
  throw std::out_of_range(name);
}

inline HeadEntry head_named(const std::string& name) {
#define X(stem) \
  if (name == #stem) return head_entries::stem##_entry();
#include "reconcile/heads/catalog.inc"
#undef X
  throw std::out_of_range(name);
}

inline ModelEntry architecture_named(const std::string& name) {
#define X(stem) \
  if (name == #stem) return model_entries::stem##_entry();
#include "reconcile/models/catalog.inc"
#undef X
  throw std::out_of_range(name);
}

/// A network of the catalogue, by names and options.
struct NetworkSpec {
  std::string backbone;
  Json backbone_options = Json::object();
  std::string architecture = "hps";
  Json architecture_options = Json::object();
  TaskSet tasks = {};
  std::vector<int64_t> shape = {1, 36, 36};
  std::string dense_head = "";
  int64_t rotation = 0;
  uint64_t seed = 3;
};

inline std::unique_ptr<MultiTaskModel> build_network(const NetworkSpec& spec) {
  const Where where = [](const std::string& key) { return key; };
  ModelContext context;
  context.tasks = spec.tasks;
  context.input_shape = spec.shape;
  context.rng = Rng(spec.seed);
  context.dense_head = spec.dense_head;
  context.rotation = spec.rotation;
  context.backbone = [&](const LayerScope& scope, const std::vector<int64_t>& shape) {
    return backbone_named(spec.backbone).make(spec.backbone_options, where, scope, shape);
  };
  context.head = [](const std::string& name, const HeadShape& shape, const LayerScope& scope) {
    return head_named(name).make(shape, scope);
  };
  return architecture_named(spec.architecture).make(spec.architecture_options, where, context);
}

/// Tasks T1 ... TN with ten classes each, numbered from `first`.
inline TaskSet class_tasks(int64_t num_tasks, int64_t first = 0) {
  TaskSet tasks;
  for (int64_t t = 0; t < num_tasks; ++t) {
    tasks.push_back({fmt::format("T{}", first + t + 1), TaskKind::kClassification, 10});
  }
  return tasks;
}

}  // namespace reconcile
