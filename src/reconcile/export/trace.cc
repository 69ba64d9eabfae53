#include "reconcile/export/trace.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include "reconcile/base/error.h"
#include "reconcile/export/free_sizes.h"
#include "reconcile/export/module_tree.h"

namespace reconcile {
namespace {

namespace jit = torch::jit;

/// The graph of one forward pass of `module` on an input of that shape.
std::shared_ptr<jit::Graph> record(const Exportable& source, jit::Module& module, const std::vector<int64_t>& shape) {
  const auto forward = [&source](jit::Stack inputs) {
    std::vector<c10::IValue> outputs;
    for (const at::Tensor& y : source.forward(inputs.front().toTensor())) outputs.emplace_back(y);
    return jit::Stack{c10::ivalue::Tuple::create(std::move(outputs))};
  };
  const auto no_name = [](const at::Tensor&) { return std::string(); };
  const at::NoGradGuard no_grad;
  auto graph = jit::tracer::trace({at::zeros(shape)}, forward, no_name, /*strict=*/true, /*force_outplace=*/false,
                                  &module, {"input"})
                   .first->graph;
  jit::EliminateDeadCode(graph);
  return graph;
}

/// Makes `graph` a method of a tree that has only the tensors that it reads.
jit::Module attach(const std::shared_ptr<jit::Graph>& graph, const NamedTensors& state) {
  const std::set<std::string> names = tensors_read(*graph);
  NamedTensors needed;
  for (const auto& tensor : state) {
    if (names.contains(exported_name(tensor.first))) needed.push_back(tensor);
  }
  jit::Module module = make_module_tree(needed);
  graph->inputs().front()->setType(module.type());
  for (jit::Node* node : graph->nodes()) {
    if (node->kind() != c10::prim::GetAttr) continue;
    const auto owner = node->input()->type()->expect<c10::ClassType>();
    node->output()->setType(owner->getAttribute(node->s(c10::attr::name)));
  }
  auto& unit = *module._ivalue()->compilation_unit();
  module.type()->addMethod(unit.create_function(c10::QualifiedName(*module.type()->name(), "forward"), graph));
  detach_tensors(module);
  return module;
}

/// The graph on another height and width, or null if the network takes no other.
std::shared_ptr<jit::Graph> record_other_size(const Exportable& source, jit::Module& module,
                                              const std::vector<int64_t>& shape) {
  if (shape.size() != 4) return nullptr;
  try {
    return record(source, module, {shape[0], shape[1], 2 * shape[2], 3 * shape[3]});
  } catch (const c10::Error&) {
    return nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

std::vector<std::vector<int64_t>> output_shapes(const std::vector<const jit::Graph*>& graphs) {
  std::vector<std::vector<int64_t>> shapes;
  const auto outputs = [](const jit::Graph& graph) { return graph.outputs().front()->node()->inputs(); };
  for (size_t i = 0; i < outputs(*graphs.front()).size(); ++i) {
    std::vector<int64_t> shape = sizes_of(*outputs(*graphs.front())[i]);
    for (const jit::Graph* other : graphs) {
      const std::vector<int64_t> there = sizes_of(*outputs(*other)[i]);
      for (size_t d = 0; d < shape.size(); ++d) shape[d] = shape[d] == there[d] ? shape[d] : -1;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace

Traced trace(const Exportable& source) {
  std::vector<int64_t> shape{2};
  shape.insert(shape.end(), source.input_shape.begin(), source.input_shape.end());
  std::vector<int64_t> other_batch = shape;
  other_batch[0] = 3;
  jit::Module all = make_module_tree(source.state);
  const auto graph = record(source, all, shape);
  const auto of_batch = record(source, all, other_batch);
  const auto of_size = record_other_size(source, all, shape);
  if (!have_same_operations(*graph, *of_batch)) {
    fail<StateError>("export: the network does other operations on a batch of 3 than on one of 2.");
  }
  std::vector<const jit::Graph*> graphs{graph.get(), of_batch.get()};
  if (of_size != nullptr && have_same_operations(*graph, *of_size)) graphs.push_back(of_size.get());

  Traced result;
  result.output_shapes = output_shapes(graphs);
  result.any_size = free_sizes(*graph, {graphs.begin() + 1, graphs.end()}) && graphs.size() == 3;
  result.module = std::make_shared<jit::Module>(attach(graph, source.state));
  return result;
}

}  // namespace reconcile
