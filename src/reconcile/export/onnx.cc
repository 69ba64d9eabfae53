#include "reconcile/export/onnx.h"

#include <ATen/ATen.h>
#include <onnx/onnx_pb.h>
#include <torch/csrc/jit/api/module.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/version.h"
#include "reconcile/export/module_tree.h"
#include "reconcile/export/onnx_rules.h"
#include "reconcile/export/trace.h"

namespace reconcile {
namespace {

namespace jit = torch::jit;

constexpr int64_t kOpset = 13;
constexpr int64_t kIrVersion = 7;

/// Names every traced value, from the inputs to the predictions.
class Walk {
 public:
  Walk(const jit::Module& module, onnx::GraphProto& proto) : module_(module), graph_(proto) {}

  /// The ONNX values of the predictions.
  std::vector<std::string> run() {
    const auto traced = module_.get_method("forward").graph();
    names_[traced->inputs().back()] = {"input"};
    for (const jit::Node* node : traced->nodes()) visit(*node);
    return names_.at(traced->outputs().front());
  }
  [[nodiscard]] bool has_fixed_size() const { return graph_.has_fixed_size(); }

 private:
  void visit(const jit::Node& node) {
    switch (node.kind()) {
      case c10::prim::Constant:
        return;
      case c10::prim::GetAttr:
        return read(node);
      case c10::prim::ListConstruct:
      case c10::prim::TupleConstruct:
        return collect(node);
      case c10::prim::ListUnpack:
      case c10::prim::TupleUnpack:
        return unpack(node);
      default:
        return translate(node);
    }
  }

  void read(const jit::Node& node) {
    if (node.output()->type()->kind() != c10::TypeKind::TensorType) return;
    const std::string name = attribute_path(node);
    const auto [known, is_new] = stored_.insert(name);
    if (is_new) graph_.tensor(name, tensor_at(name));
    names_[node.output()] = {name};
    weights_[node.output()] = name;
  }

  [[nodiscard]] at::Tensor tensor_at(const std::string& path) const {
    c10::IValue value = module_._ivalue();
    for (size_t begin = 0; begin <= path.size();) {
      const size_t end = std::min(path.find('.', begin), path.size());
      value = value.toObject()->getAttr(path.substr(begin, end - begin));
      begin = end + 1;
    }
    return value.toTensor();
  }

  /// A list of tensors has the values of all; lists of numbers are looked up by who needs them.
  void collect(const jit::Node& node) {
    std::vector<std::string> names;
    for (const jit::Value* element : node.inputs()) {
      if (!names_.contains(element) || element->type()->kind() == c10::TypeKind::IntType) return;
      names.push_back(names_[element].front());
    }
    names_[node.output()] = names;
  }

  void unpack(const jit::Node& node) {
    const auto names = names_.at(node.input());
    for (size_t i = 0; i < node.outputs().size(); ++i) names_[node.outputs()[i]] = {names[i]};
  }

  void translate(const jit::Node& node) {
    for (const jit::Value* input : node.inputs()) {
      if (const auto found = weights_.find(input); found != weights_.end()) last_weight_ = found->second;
    }
    const OnnxCall call(node, names_, graph_, last_weight_);
    std::string operation = call.operation();
    if (operation.back() == '_') {
      if (!call.overwrites_temporary()) call.refuse("it writes into a tensor that others read");
      operation.pop_back();
    }
    const auto rule = onnx_rules().find(operation);
    if (rule == onnx_rules().end()) call.refuse("there is no rule for it in src/reconcile/export/onnx_rules.cc");
    const std::vector<std::string> results = rule->second(call);
    if (node.outputs().size() == 1) {
      names_[node.output()] = results;
      return;
    }
    for (size_t i = 0; i < node.outputs().size(); ++i) names_[node.outputs()[i]] = {results[i]};
  }

  const jit::Module& module_;
  OnnxGraph graph_;
  OnnxNames names_;
  std::map<const jit::Value*, std::string> weights_;
  std::set<std::string> stored_;
  std::string last_weight_;
};

/// A float tensor with this name; -1 is free and has the name that stands in `free`, if one does.
void describe(onnx::ValueInfoProto& info, const std::string& name, const std::vector<int64_t>& shape,
              const std::vector<std::string>& free) {
  info.set_name(name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (size_t d = 0; d < shape.size(); ++d) {
    auto& dimension = *type.mutable_shape()->add_dim();
    if (shape[d] >= 0) dimension.set_dim_value(shape[d]);
    if (shape[d] < 0 && d < free.size()) dimension.set_dim_param(free[d]);
  }
}

void describe_input(onnx::GraphProto& graph, const Exportable& source, bool any_size) {
  std::vector<int64_t> shape{-1};
  shape.insert(shape.end(), source.input_shape.begin(), source.input_shape.end());
  if (any_size) shape[2] = shape[3] = -1;
  describe(*graph.add_input(), "input", shape, {"batch", "", "height", "width"});
}

/// The predictions under the names of their tasks.
void describe_outputs(onnx::GraphProto& graph, const Exportable& source, const Traced& traced,
                      const std::vector<std::string>& values) {
  std::set<std::string> names{"input"};
  for (const auto& node : graph.node()) names.insert(node.output().begin(), node.output().end());
  for (const auto& tensor : graph.initializer()) names.insert(tensor.name());
  for (size_t t = 0; t < values.size(); ++t) {
    const std::string& task = source.tasks[t].name;
    if (!names.insert(task).second) {
      fail<StateError>("export: a value called \"{}\" is in the file already, give the task another name.", task);
    }
    onnx::NodeProto& node = *graph.add_node();
    node.set_op_type("Identity");
    node.set_name("output_" + task);
    node.add_input(values[t]);
    node.add_output(task);
    describe(*graph.add_output(), task, traced.output_shapes[t], {"batch"});
  }
}

}  // namespace

void export_onnx(const Exportable& source, const std::filesystem::path& path) {
  const Traced traced = trace(source);
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("reconcile");
  model.set_producer_version(kVersion);
  model.add_opset_import()->set_version(kOpset);
  auto& property = *model.add_metadata_props();
  property.set_key("reconcile");
  property.set_value(export_metadata(source).dump());
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("reconcile");
  Walk walk(*traced.module, graph);
  const std::vector<std::string> values = walk.run();
  describe_input(graph, source, traced.any_size && !walk.has_fixed_size());
  describe_outputs(graph, source, traced, values);
  write_atomically(path, model.SerializeAsString());
}

}  // namespace reconcile
