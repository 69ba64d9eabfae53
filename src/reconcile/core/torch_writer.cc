#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/core/torch_tensors.h"
#include "reconcile/core/zip.h"

namespace reconcile {
namespace {

template <class T>
std::string bytes_of(T number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// Pieces of a pickle of protocol 2.
const std::string kOrderedDict = "ccollections\nOrderedDict\n)R";

std::string text(const std::string& value) { return "X" + bytes_of(static_cast<uint32_t>(value.size())) + value; }
std::string number(int64_t value) { return "\x8a\x08" + bytes_of(value); }

std::string tuple(at::IntArrayRef values) {
  std::string result = "(";
  for (const int64_t value : values) result += number(value);
  return result + "t";
}

/// "torch.FloatStorage" as a global.
std::string storage_class(const std::string& name, at::ScalarType wanted) {
  for (const auto& [storage, type] : torch_types()) {
    if (type == wanted) return fmt::format("ctorch\n{}\n", std::string_view(storage).substr(6));
  }
  fail<InvalidArgument>("tensor \"{}\": {} cannot be written for PyTorch.", name, c10::toString(wanted));
}

/// The call _rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks).
std::string tensor_call(const std::string& name, const at::Tensor& tensor, size_t key) {
  const std::string storage = "(" + text("storage") + storage_class(name, tensor.scalar_type()) +
                              text(std::to_string(key)) + text("cpu") + number(tensor.numel()) + "tQ";
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(0) + tuple(tensor.sizes()) +
         tuple(tensor.strides()) + "\x89" + kOrderedDict + "tR";
}

}  // namespace

std::string encode_torch(const NamedTensors& tensors) {
  std::string pickle = "\x80\x02" + kOrderedDict + "(";
  std::vector<at::Tensor> plain;
  std::vector<std::pair<std::string, std::string_view>> entries(1);
  for (const auto& [name, tensor] : tensors) {
    plain.push_back(tensor.detach().cpu().contiguous());
    pickle += text(name) + tensor_call(name, plain.back(), plain.size() - 1);
    entries.emplace_back(fmt::format("archive/data/{}", plain.size() - 1),
                         std::string_view(static_cast<const char*>(plain.back().data_ptr()), plain.back().nbytes()));
  }
  pickle += "u.";
  entries.front() = {"archive/data.pkl", pickle};
  entries.emplace_back("archive/version", "3\n");
  return make_zip(entries);
}

}  // namespace reconcile
