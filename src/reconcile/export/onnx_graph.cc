#include "reconcile/export/onnx_graph.h"

#include <ATen/ATen.h>
#include <onnx/onnx_pb.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

onnx::TensorProto::DataType type_of(const std::string& name, at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return onnx::TensorProto::FLOAT;
    case at::kDouble:
      return onnx::TensorProto::DOUBLE;
    case at::kLong:
      return onnx::TensorProto::INT64;
    case at::kInt:
      return onnx::TensorProto::INT32;
    case at::kByte:
      return onnx::TensorProto::UINT8;
    case at::kBool:
      return onnx::TensorProto::BOOL;
    default:
      fail<StateError>("export: tensor \"{}\" is {}, which has no place in this ONNX file.", name, c10::toString(type));
  }
}

struct SetAttribute {
  onnx::AttributeProto& attribute;

  void operator()(int64_t value) const {
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  void operator()(double value) const {
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(static_cast<float>(value));
  }
  void operator()(const std::string& value) const {
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
  }
  void operator()(const std::vector<int64_t>& values) const {
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }
};

}  // namespace

std::string OnnxGraph::new_name(const std::string& stem) { return fmt::format("{}_{}", stem, ++counts_[stem]); }

std::vector<std::string> OnnxGraph::add(const std::string& operation, const std::vector<std::string>& inputs,
                                        const std::vector<OnnxAttribute>& attributes, int64_t outputs) {
  onnx::NodeProto& node = *graph_.add_node();
  const std::string name = new_name(operation);
  node.set_op_type(operation);
  node.set_name(name);
  for (const auto& input : inputs) node.add_input(input);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(key);
    std::visit(SetAttribute{attribute}, value);
  }
  std::vector<std::string> names;
  for (int64_t i = 0; i < outputs; ++i) {
    names.push_back(i == 0 ? name : fmt::format("{}.{}", name, i));
    node.add_output(names.back());
  }
  return names;
}

std::string OnnxGraph::add(const std::string& operation, const std::vector<std::string>& inputs,
                           const std::vector<OnnxAttribute>& attributes) {
  return add(operation, inputs, attributes, 1).front();
}

std::string OnnxGraph::tensor(const std::string& name, const at::Tensor& values) {
  const at::Tensor stored = values.detach().cpu().contiguous();
  onnx::TensorProto& proto = *graph_.add_initializer();
  proto.set_name(name);
  proto.set_data_type(type_of(name, stored.scalar_type()));
  for (const int64_t size : stored.sizes()) proto.add_dims(size);
  proto.set_raw_data(stored.data_ptr(), stored.nbytes());
  return name;
}

std::string OnnxGraph::constant(const at::Tensor& values) { return tensor(new_name("constant"), values); }

std::string OnnxGraph::ints(const std::vector<int64_t>& values) {
  std::string& name = lists_[values];
  if (name.empty()) name = constant(at::tensor(values, at::kLong));
  return name;
}

std::string OnnxGraph::scalar(int64_t value) { return constant(at::scalar_tensor(value, at::kLong)); }

std::string OnnxGraph::scalar(double value) {
  std::string& name = numbers_[value];
  if (name.empty()) name = constant(at::scalar_tensor(value, at::kFloat));
  return name;
}

}  // namespace reconcile
