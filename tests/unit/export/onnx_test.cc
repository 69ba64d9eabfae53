// The files are checked by the ONNX package for Python and run by tests/unit/export/run_onnx.py, an evaluator in NumPy
// that was written from the ONNX specification and knows nothing of LibTorch.

#include "reconcile/export/onnx.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "reconcile/base/error.h"
#include "reconcile/files/npy.h"
#include "unit/base/support.h"
#include "unit/export/fixture.h"

namespace reconcile {
namespace {

using Outputs = std::vector<at::Tensor>;

/// Writes network, inputs and predictions for the Python program, which compares.
class OnnxFolder {
 public:
  /// Other batches are tried too, and other heights and widths where `any_size` says so.
  void add(const std::string& name, const Exportable& source, bool any_size = false) {
    const at::NoGradGuard no_grad;
    export_onnx(source, folder_ / (name + ".onnx"));
    add_sample(name + ".0", source, 2, 1);
    add_sample(name + ".1", source, 5, 1);
    if (any_size) add_sample(name + ".2", source, 1, 2);
  }
  /// The same for operations on [B, 4, 8, 6] without weights.
  void add(const std::string& name, const std::function<at::Tensor(const at::Tensor&)>& f, bool any_size = true) {
    add(name, test::function_of([f](const at::Tensor& x) { return Outputs{f(x)}; }, {4, 8, 6}), any_size);
  }

  void check() {
    if (std::system("/usr/bin/python3 -c 'import onnx, numpy' 2>/dev/null") != 0) {
      GTEST_SKIP() << "python3-onnx is not installed";
    }
    const auto program = std::filesystem::path(RECONCILE_SOURCE_DIR) / "tests/unit/export/run_onnx.py";
    const auto command = fmt::format("/usr/bin/python3 -B {} {} {}", program.string(), folder_.path().string(), count_);
    EXPECT_EQ(std::system(command.c_str()), 0);
  }

 private:
  void add_sample(const std::string& name, const Exportable& source, int64_t batch, int64_t scale) {
    std::vector<int64_t> shape{batch};
    for (const int64_t size : source.input_shape) shape.push_back(shape.size() > 1 ? scale * size : size);
    const at::Tensor x = test::numbers(shape);
    folder_.write(name + ".input.npy", encode_npy(x));
    const Outputs outputs = source.forward(x);
    for (size_t t = 0; t < outputs.size(); ++t) {
      folder_.write(fmt::format("{}.{}.npy", name, source.tasks[t].name), encode_npy(outputs[t]));
      ++count_;
    }
  }

  test::TemporaryFolder folder_;
  int64_t count_ = 0;
};

TEST(ExportOnnx, NetworksOfTheCatalogue) {
  OnnxFolder folder;
  for (const std::string& name : test::exported_networks()) {
    auto model = test::trained(name, 3);
    folder.add(name, exportable(*model, {}, test::kExportShape), name == "small_cnn");
    if (name == "small_cnn") folder.add(name + "_T3_T1", exportable(*model, {"T3", "T1"}, test::kExportShape));
    test::split_three(*model);
    folder.add(name + "_split_T2", exportable(*model, {"T2"}, test::kExportShape));
  }
  folder.check();
}

TEST(ExportOnnx, Arithmetic) {
  OnnxFolder folder;
  folder.add("add", [](const at::Tensor& x) { return at::add(x, x.exp(), 0.5) + 2; });
  folder.add("sub", [](const at::Tensor& x) { return 1 - at::sub(x, x.abs(), 2); });
  folder.add("in_place", [](const at::Tensor& x) { return x.exp().add_(1).relu_().mul_(x); });
  folder.add("mul_div", [](const at::Tensor& x) { return (x * 3) / (x.abs() + 1) / 2; });
  folder.add("pow", [](const at::Tensor& x) { return x.pow(2).add(1e-3).sqrt().log().neg().reciprocal(); });
  folder.add("clamps", [](const at::Tensor& x) {
    return x.clamp(-0.5, 0.25) + x.clamp_min(0.1) + x.clamp_max(0.3) + at::hardtanh(x * 2) + at::relu6(x * 9);
  });
  folder.add("activations", [](const at::Tensor& x) { return x.relu() + x.sigmoid() * x.tanh() + at::gelu(x * 3); });
  folder.add("extremes", [](const at::Tensor& x) { return at::maximum(x, at::minimum(-x, x * 0.5)); });
  folder.add("softmax", [](const at::Tensor& x) { return x.softmax(1) + x.log_softmax(-1); });
  folder.add("means", [](const at::Tensor& x) { return x - x.mean({2, 3}, true) + x.sum(at::IntArrayRef{1}, true); });
  folder.add("mean", [](const at::Tensor& x) { return x.mean({2, 3}) + x.mean() + x.sum(); });
  folder.add("normals", [](const at::Tensor& x) { return x / x.norm(2, {1}, true).clamp_min(1e-6).expand_as(x); });
  folder.add("l1", [](const at::Tensor& x) { return at::linalg_vector_norm(x, 1, at::IntArrayRef{1}, true); });
  folder.check();
}

TEST(ExportOnnx, Pooling) {
  OnnxFolder folder;
  folder.add("max", [](const at::Tensor& x) { return at::max_pool2d(x, 3, 2, 1); });
  folder.add("max_window", [](const at::Tensor& x) { return at::max_pool2d(x, {2, 3}); });
  folder.add("unpool", [](const at::Tensor& x) {
    const auto [y, indices] = at::max_pool2d_with_indices(x, 2, 2);
    return at::max_unpool2d(y * 2, indices, {x.size(2), x.size(3)});
  });
  folder.add("average", [](const at::Tensor& x) {
    return at::avg_pool2d(x, 3, 1, 1) + at::avg_pool2d(x, 3, 1, 1, /*ceil_mode=*/false, /*count_include_pad=*/false);
  });
  folder.add("global", [](const at::Tensor& x) { return at::adaptive_avg_pool2d(x, {1, 1}); });
  folder.add(
      "adaptive",
      [](const at::Tensor& x) {
        return at::adaptive_avg_pool2d(x, {3, 4});
      },
      false);
  folder.add(
      "nearest",
      [](const at::Tensor& x) {
        return at::upsample_nearest2d(x, {2 * x.size(2), 18});
      },
      false);
  folder.add("bilinear", [](const at::Tensor& x) {
    return at::upsample_bilinear2d(at::max_pool2d(x, 2), {x.size(2), x.size(3)}, /*align_corners=*/false);
  });
  folder.add(
      "corners",
      [](const at::Tensor& x) {
        return at::upsample_bilinear2d(x, {13, 17}, true);
      },
      false);
  folder.add(
      "shrink",
      [](const at::Tensor& x) {
        return at::upsample_bilinear2d(x, {3, 4}, false);
      },
      false);
  folder.add("factor", [](const at::Tensor& x) {
    return at::upsample_bilinear2d(x, c10::nullopt, false, at::ArrayRef<double>{2.0, 3.0}) +
           at::upsample_nearest2d(x, c10::nullopt, at::ArrayRef<double>{2.0, 3.0});
  });
  folder.check();
}

TEST(ExportOnnx, Shapes) {
  OnnxFolder folder;
  folder.add("cat", [](const at::Tensor& x) { return at::cat({x, x * 2}, 1).flatten(1); });
  folder.add("stack", [](const at::Tensor& x) {
    return at::stack({x, -x}, 1).select(1, 0) + at::stack({x}, -1).squeeze(-1);
  });
  folder.add("slice", [](const at::Tensor& x) { return x.slice(2, 1, 7, 2).slice(1, -2); });
  folder.add("reshape", [](const at::Tensor& x) { return x.reshape({x.size(0), 2, 2, -1}).permute({0, 2, 1, -1}); });
  folder.add("view", [](const at::Tensor& x) {
    return x.view({x.size(0) * 4, x.size(2), x.size(3)}).transpose(1, -1);
  });
  folder.add("tokens", [](const at::Tensor& x) { return x.flatten(2).transpose(1, 2).contiguous(); });
  folder.add(
      "flatten", [](const at::Tensor& x) { return x.flatten(1, 2).flatten(0, 1); }, false);
  folder.add("expand", [](const at::Tensor& x) { return x.mean({0}, true).expand({x.size(0), -1, -1, -1}) + x; });
  folder.add("axes",
             [](const at::Tensor& x) { return x.unsqueeze(1).squeeze(1).squeeze(0) + x.unsqueeze(-1).squeeze(-1); });
  folder.add("chunk", [](const at::Tensor& x) {
    const auto parts = x.chunk(2, 1);
    return parts[0] * parts[1] + x.split(3, 1)[0].slice(1, 0, 2) + x.unbind(1)[3].unsqueeze(1);
  });
  folder.add("sizes", [](const at::Tensor& x) { return x.split_with_sizes({1, 3}, 1)[1] + x.split(3, 1)[1]; });
  folder.check();
}

/// Patches, class token, positions, one block of attention, as a vision transformer has them.
Outputs attention(const NamedTensors& w, const at::Tensor& x) {
  const int64_t b = x.size(0);
  at::Tensor tokens = at::conv2d(x, w[0].second, w[1].second, /*stride=*/2).flatten(2).transpose(1, 2);  // [B, 12, 8]
  tokens = at::cat({w[2].second.expand({b, -1, -1}), tokens}, 1) + w[3].second;
  const at::Tensor normed = at::layer_norm(tokens, {8}, w[4].second, w[5].second, 1e-6);
  const at::Tensor qkv =
      at::linear(normed, w[6].second, w[7].second).reshape({b, 13, 3, 2, 4}).permute({2, 0, 3, 1, 4});
  const auto parts = qkv.unbind(0);
  const at::Tensor weights = (parts[0].matmul(parts[1].transpose(-2, -1)) * 0.5).softmax(-1);
  tokens = tokens + weights.matmul(parts[2]).transpose(1, 2).reshape({b, 13, 8});
  const at::Tensor dropped = at::dropout(tokens, 0.5, /*train=*/false);
  return {at::addmm(w[5].second, dropped.select(1, 0), w[6].second.slice(0, 0, 8).t()),
          at::bmm(tokens, tokens.transpose(1, 2))};
}

TEST(ExportOnnx, Layers) {
  OnnxFolder folder;
  uint64_t seed = 10;
  const auto weights = [&](const std::vector<std::pair<std::string, std::vector<int64_t>>>& shapes) {
    NamedTensors result;
    for (const auto& [name, shape] : shapes) result.emplace_back(name, test::numbers(shape, ++seed));
    return result;
  };
  const auto vit = weights({{"patch.weight", {8, 4, 2, 2}},
                            {"patch.bias", {8}},
                            {"class", {1, 1, 8}},
                            {"position", {1, 13, 8}},
                            {"norm.weight", {8}},
                            {"norm.bias", {8}},
                            {"qkv.weight", {24, 8}},
                            {"qkv.bias", {24}}});
  folder.add("attention", test::function_of([&](const at::Tensor& x) { return attention(vit, x); }, {4, 8, 6}, vit, 2));
  const auto conv =
      weights({{"deep.weight", {4, 1, 3, 3}}, {"wide.weight", {6, 4, 3, 3}}, {"up.weight", {6, 2, 2, 2}}});
  folder.add("convolutions",
             test::function_of(
                 [&](const at::Tensor& x) {
                   const at::Tensor deep = at::conv2d(x, conv[0].second, {}, 1, 1, 1, /*groups=*/4);
                   const at::Tensor wide = at::conv2d(deep, conv[1].second, {}, 1, 2, /*dilation=*/2);
                   return Outputs{at::conv_transpose2d(wide, conv[2].second, {}, /*stride=*/2)};
                 },
                 {4, 8, 6}, conv),
             true);
  const at::Tensor mean = test::numbers({4}, 3);
  folder.add(
      "plain_norm",
      [&](const at::Tensor& x) {
        return at::batch_norm(x, {}, {}, mean, mean.exp(), false, 0.1, 1e-3, true) + at::layer_norm(x, {8, 6});
      },
      false);
  folder.check();
}

void refuses(const std::function<at::Tensor(const at::Tensor&)>& f, const std::vector<std::string>& parts) {
  const test::TemporaryFolder folder;
  const at::Tensor weight = at::ones({1});
  const auto source = test::function_of([&](const at::Tensor& x) { return Outputs{f(x * weight)}; }, {4, 8, 6},
                                        {{"scale.weight", weight}});
  test::expect_message<StateError>([&] { export_onnx(source, folder / "net.onnx"); }, parts);
  EXPECT_FALSE(std::filesystem::exists(folder / "net.onnx"));
}

TEST(ExportOnnx, RefusesWhatItHasNoRuleFor) {
  refuses([](const at::Tensor& x) { return x.cumsum(1); },
          {"export: aten::cumsum (behind scale.weight)", "no rule", "Export as torchscript"});
  refuses([](const at::Tensor& x) { return at::gelu(x, "tanh"); }, {"only gelu by erf"});
  refuses([](const at::Tensor& x) { return at::div(x, 2, "floor"); }, {"it rounds"});
  refuses([](const at::Tensor& x) { return at::rsub(x, 1, 2); }, {"alpha is not 1"});
  refuses([](const at::Tensor& x) { return at::norm(x, 3, at::IntArrayRef{1}, true); }, {"p = 1 and p = 2"});
  refuses([](const at::Tensor& x) { return at::avg_pool2d(x, 2, 2, 0, false, true, 3); }, {"a divisor of its own"});
  refuses([](const at::Tensor& x) { return at::dropout(x, 0.5, true); }, {"aten::dropout", "training mode"});
  refuses([](const at::Tensor& x) { return at::batch_norm(x, {}, {}, {}, {}, true, 0.1, 1e-5, true); },
          {"training mode"});
  refuses([](const at::Tensor& x) { return x.slice(1, 0, 2).add_(1); }, {"aten::add_", "writes into a tensor"});
  refuses(
      [](const at::Tensor& x) {
        const at::Tensor y = x.exp();
        const at::Tensor part = y.select(1, 0);
        y.mul_(2);
        return part;
      },
      {"aten::mul_", "writes into a tensor"});
  refuses([](const at::Tensor& x) { return x.chunk(3, 2)[0]; }, {"not equal"});
  refuses([](const at::Tensor& x) { return at::max_pool2d(x, x.size(0)); }, {"depends on the size of the input"});
}

TEST(ExportOnnx, RefusesIndicesThatMeanSomethingElse) {
  refuses([](const at::Tensor& x) { return x + std::get<1>(at::max_pool2d_with_indices(x, 1)); },
          {"indices go elsewhere"});
  refuses(
      [](const at::Tensor& x) {
        const auto [y, indices] = at::max_pool2d_with_indices(x, 2);
        return at::max_unpool2d(y, indices, {9, 9});
      },
      {"not of the size of what was pooled"});
  const at::Tensor zeros = at::zeros({1, 4, 8, 6}, at::kLong);
  refuses(
      [&](const at::Tensor& x) {
        return at::max_unpool2d(x, zeros.expand(x.sizes()), {x.size(2), x.size(3)});
      },
      {"do not come from max_pool2d"});
}

TEST(ExportOnnx, RefusesATaskThatIsCalledLikeAnotherValue) {
  const test::TemporaryFolder folder;
  auto source = test::function_of([](const at::Tensor& x) { return Outputs{x.relu()}; }, {4});
  source.tasks[0].name = "input";
  test::expect_message<StateError>([&] { export_onnx(source, folder / "net.onnx"); }, "give the task another name");
}

}  // namespace
}  // namespace reconcile
