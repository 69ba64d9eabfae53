#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace onnx {
class GraphProto;
}  // namespace onnx

namespace reconcile {

/// An attribute of an ONNX operation.
using OnnxAttribute = std::pair<std::string, std::variant<int64_t, double, std::string, std::vector<int64_t>>>;

/// Writes operations and constants into an ONNX graph. Values are strings; "" stands for one that is left out.
class OnnxGraph {
 public:
  explicit OnnxGraph(onnx::GraphProto& graph) : graph_(graph) {}

  /// Appends an operation and gives its values, called after it.
  std::vector<std::string> add(const std::string& operation, const std::vector<std::string>& inputs,
                               const std::vector<OnnxAttribute>& attributes, int64_t outputs);
  /// The same for an operation with one value.
  std::string add(const std::string& operation, const std::vector<std::string>& inputs,
                  const std::vector<OnnxAttribute>& attributes = {});
  /// Stores a float32, float64, int64, int32, uint8 or bool tensor. StateError for another type.
  std::string tensor(const std::string& name, const at::Tensor& values);
  /// A constant of its own name; equal lists are stored once.
  std::string ints(const std::vector<int64_t>& values);
  std::string scalar(int64_t value);
  std::string scalar(double value);
  std::string constant(const at::Tensor& values);

  /// Says that the graph holds for the traced height and width only.
  void fix_size() { has_fixed_size_ = true; }
  [[nodiscard]] bool has_fixed_size() const { return has_fixed_size_; }

 private:
  std::string new_name(const std::string& stem);

  onnx::GraphProto& graph_;
  std::map<std::string, int64_t> counts_;
  std::map<std::vector<int64_t>, std::string> lists_;
  std::map<double, std::string> numbers_;
  bool has_fixed_size_ = false;
};

}  // namespace reconcile
