// Matrix products by oneDNN, which picks the instructions (AVX-512, its bfloat16 products, AMX) that the machine has.

#include "reconcile/kernels/matmul.h"

#include <ATen/ATen.h>
#include <omp.h>

#include <map>
#include <oneapi/dnnl/dnnl.hpp>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

using Memory = dnnl::memory;

/// Everything that a compiled product depends on.
struct ProductKey {
  int64_t m, k, n, a_row, a_column, b_row, b_column, stride;
  bool bfloat16, alone;
  auto operator<=>(const ProductKey&) const = default;
};

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// A compiled product c += a b and the places of its operands.
class Product {
 public:
  explicit Product(const ProductKey& key) {
    const auto type = key.bfloat16 ? Memory::data_type::bf16 : Memory::data_type::f32;
    const Memory::desc a({key.m, key.k}, type, Memory::dims{key.a_row, key.a_column});
    const Memory::desc b({key.k, key.n}, type, Memory::dims{key.b_row, key.b_column});
    const Memory::desc c({key.m, key.n}, Memory::data_type::f32, Memory::dims{key.stride, 1});
    dnnl::post_ops sum;
    sum.append_sum(1.0F);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(sum);
    primitive_ = dnnl::matmul(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attributes, cpu()));
    a_ = Memory(a, cpu(), nullptr);
    b_ = Memory(b, cpu(), nullptr);
    c_ = Memory(c, cpu(), nullptr);
    arguments_ = {{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, b_}, {DNNL_ARG_DST, c_}};
  }

  void operator()(const void* a, const void* b, float* c) {
    a_.set_data_handle(const_cast<void*>(a));
    b_.set_data_handle(const_cast<void*>(b));
    c_.set_data_handle(c);
    primitive_.execute(stream_, arguments_);
  }

 private:
  dnnl::matmul primitive_;
  dnnl::stream stream_{cpu()};
  Memory a_, b_, c_;
  std::unordered_map<int, Memory> arguments_;
};

Product& product_for(const ProductKey& key) {
  thread_local std::map<ProductKey, Product> products;
  const auto found = products.find(key);
  if (found != products.end()) return found->second;
  try {
    return products.emplace(key, key).first->second;
  } catch (const dnnl::error& error) {
    fail<InvalidArgument>(
        "this machine has no product of {} matrices ({}). Use precision = \"float32\", layout = \"nchw\".",
        key.bfloat16 ? "bfloat16" : "float32", error.what());
  }
}

const void* place(const at::Tensor& tensor, int64_t offset) {
  return static_cast<const char*>(tensor.data_ptr()) + offset * tensor.element_size();
}

}  // namespace

void multiply_add(const MatrixOf& a, const MatrixOf& b, int64_t m, int64_t k, int64_t n, float* c, int64_t stride) {
  const bool bfloat16 = a.factor->high.scalar_type() == at::kBFloat16;
  Product& product = product_for({m, k, n, a.row, a.column, b.row, b.column, stride, bfloat16, omp_in_parallel() != 0});
  const void* a_high = place(a.factor->high, a.offset);
  const void* b_high = place(b.factor->high, b.offset);
  if (a.factor->low.defined()) {
    product(a_high, place(b.factor->low, b.offset), c);
    product(place(a.factor->low, a.offset), b_high, c);
  }
  product(a_high, b_high, c);
}

}  // namespace reconcile
