#include "reconcile/nn/layer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "reconcile/base/error.h"
#include "reconcile/nn/functional.h"
#include "reconcile/nn/layers.h"

namespace reconcile {
namespace {

Streams images(int64_t num_tasks, int64_t channels) {
  return Streams::shared(at::rand({4, channels, 6, 6}), num_tasks);
}

TEST(Layer, SharedLayerKeepsOneStream) {
  Conv conv("conv", 3, Rng(1), {.in = 2, .out = 5, .kernel = 3, .padding = 1});
  EXPECT_TRUE(conv(images(3, 2)).partition().is_shared());
}

TEST(Layer, SplitLayerForksTheStream) {
  Conv conv("conv", 3, Rng(1), {.in = 2, .out = 5, .kernel = 3, .padding = 1});
  conv.split(Partition::separate(3), CopyInit::kFresh, Rng(2));
  const Streams y = conv(images(3, 2));
  ASSERT_EQ(y.values().size(), 3U);
  EXPECT_FALSE(at::equal(y.of_task(0), y.of_task(1)));
}

TEST(Layer, EachDistinctCopyAndInputIsComputedOnce) {
  Linear first("first", 4, Rng(1), 3, 3);
  Linear second("second", 4, Rng(2), 3, 3);
  first.split(Partition({0, 0, 1, 1}), CopyInit::kFresh, Rng(3));
  LayerTrace trace;
  second.set_trace(&trace);
  const Streams y = second(first(Streams::shared(at::rand({2, 3}), 4)));
  EXPECT_EQ(y.values().size(), 2U);
  EXPECT_EQ(trace.calls.front().macs, 2 * 9);
  EXPECT_TRUE(y.of_task(0).is_same(y.of_task(1)));
}

TEST(Layer, ASecondTraceOfTheSameSizesComputesNothing) {
  Linear layer("fc", 1, Rng(1), 3, 4);
  const Streams x = Streams::shared(at::rand({2, 3}), 1);
  LayerTrace trace;
  layer.set_trace(&trace);
  const at::Tensor first = layer(x).of_task(0);
  const at::Tensor second = layer(x).of_task(0);
  EXPECT_EQ(first.sizes(), second.sizes());
  EXPECT_NE(first.abs().sum().item<double>(), 0);
  EXPECT_EQ(second.abs().sum().item<double>(), 0);
  EXPECT_EQ(trace.calls[0].macs, trace.calls[1].macs);
  layer.set_trace(nullptr);
  EXPECT_TRUE(at::equal(layer(x).of_task(0), first));
}

TEST(Layer, EqualCopiesGiveBitEqualOutputs) {
  BatchNorm norm("bn", 2, Rng(1), 3);
  const Streams x = images(2, 3);
  norm.set_training(false);
  const Streams before = norm(x);
  norm.split(Partition::separate(2), CopyInit::kEqual, Rng(2));
  const Streams after = norm(x);
  EXPECT_TRUE(at::equal(before.of_task(0), after.of_task(0)));
  EXPECT_TRUE(at::equal(before.of_task(0), after.of_task(1)));
}

TEST(Layer, ShareUndoesASplit) {
  Linear layer("fc", 2, Rng(1), 3, 3);
  const at::Tensor weight = layer.copy(0)[0].clone();
  layer.split(Partition::separate(2), CopyInit::kEqual, Rng(2));
  layer.share();
  EXPECT_TRUE(layer.is_shared());
  EXPECT_TRUE(at::equal(layer.copy(0)[0], weight));
}

TEST(Layer, SplittingTwiceIsAnError) {
  Linear layer("fc", 2, Rng(1), 3, 3);
  layer.split(Partition::separate(2), CopyInit::kEqual, Rng(2));
  EXPECT_THROW(layer.split(Partition::separate(2), CopyInit::kEqual, Rng(2)), StateError);
}

TEST(Layer, NamesOfCopiesNameTheirTasks) {
  BatchNorm norm("bn", 3, Rng(1), 2);
  norm.split(Partition({0, 1, 0}), CopyInit::kEqual, Rng(2));
  NamedTensors state;
  norm.append_state({"a", "b", "c"}, state);
  EXPECT_EQ(state.front().first, "bn[a+c].weight");
  EXPECT_EQ(state.back().first, "bn[b].running_var");
}

/// Values of three streams, and the gradients of the sum of their squares with respect to all copies.
template <class L>
std::vector<at::Tensor> values_and_gradients(L& layer, const at::Tensor& x, bool joined) {
  layer.set_joined_streams(joined);
  const Streams y = layer(Streams(Partition::separate(3), {x, x.flip(0), 2 * x.narrow(0, 1, 2)}));
  EXPECT_EQ(y.of_task(0).grad_fn() == y.of_task(2).grad_fn(), joined);  // both are parts of one result
  EXPECT_NE(y.of_task(0).grad_fn(), y.of_task(1).grad_fn());
  std::vector<at::Tensor> parameters = layer.copy(0);
  parameters.insert(parameters.end(), layer.copy(1).begin(), layer.copy(1).end());
  std::vector<at::Tensor> result = y.values();
  const at::Tensor sum = result[0].square().sum() + result[1].square().sum() + result[2].square().sum();
  for (const auto& gradient : torch::autograd::grad({sum}, parameters)) result.push_back(gradient);
  return result;
}

template <class L>
void expect_same_when_joined(L& layer, const at::Tensor& x) {
  layer.split(Partition({0, 1, 0}), CopyInit::kFresh, Rng(2));
  const auto separate = values_and_gradients(layer, x, false);
  const auto joined = values_and_gradients(layer, x, true);
  for (size_t i = 0; i < separate.size(); ++i) EXPECT_TRUE(at::allclose(separate[i], joined[i], 1e-5, 1e-5)) << i;
}

TEST(Layer, StreamsThroughOneCopyMayGoAsOneBatch) {
  Linear linear("fc", 3, Rng(1), 5, 4);
  expect_same_when_joined(linear, at::rand({3, 5}));
  Conv conv("conv", 3, Rng(1), Conv::Shape{.in = 2, .out = 3, .kernel = 3, .padding = 1, .bias = true});
  expect_same_when_joined(conv, at::rand({3, 2, 6, 6}));
}

TEST(Layer, LargeStreamsStayApart) {
  Conv conv("conv", 2, Rng(1), Conv::Shape{.in = 1, .out = 1});
  conv.set_joined_streams(true);
  const at::Tensor x = at::ones({1, 1, 2048, 1025});
  const Streams y = conv(Streams(Partition::separate(2), {x, x}));
  EXPECT_NE(y.of_task(0).grad_fn(), y.of_task(1).grad_fn());
}

// Behind a fork a shared batch norm sees two streams a step. Recon's code updates its one set of statistics twice, in
// task order.
TEST(BatchNorm, SharedStatisticsBehindAForkAreUpdatedOnceAStreamInTaskOrder) {
  BatchNorm norm("bn", 2, Rng(1), 1);
  const at::Tensor a = at::full({2, 1, 2, 2}, 1.0) + at::rand({2, 1, 2, 2});
  const at::Tensor b = at::full({2, 1, 2, 2}, 5.0) + at::rand({2, 1, 2, 2});
  norm(Streams(Partition::separate(2), {a, b}));
  NamedTensors state;
  norm.append_state({"a", "b"}, state);
  const double expected = (0.9 * (0.1 * a.mean()) + 0.1 * b.mean()).item<double>();
  EXPECT_NEAR(state[2].second.item<double>(), expected, 1e-6);
}

TEST(BatchNorm, StreamStatisticsKeepOneSetAStream) {
  BatchNorm norm("bn", 2, Rng(1), 1);
  norm.use_stream_statistics(Partition::separate(2));
  const at::Tensor a = at::rand({2, 1, 2, 2});
  const at::Tensor b = at::rand({2, 1, 2, 2}) + 5;
  norm(Streams(Partition::separate(2), {a, b}));
  NamedTensors state;
  norm.append_state({"a", "b"}, state);
  ASSERT_EQ(state.size(), 6U);
  EXPECT_EQ(state[2].first, "bn[a].running_mean");
  EXPECT_NEAR(state[2].second.item<double>(), 0.1 * a.mean().item<double>(), 1e-6);
  EXPECT_NEAR(state[4].second.item<double>(), 0.1 * b.mean().item<double>(), 1e-6);
}

TEST(BatchNorm, OneSetOfStatisticsCannotServeTwoCopies) {
  BatchNorm norm("bn", 2, Rng(1), 1);
  norm.split(Partition::separate(2), CopyInit::kEqual, Rng(2));
  EXPECT_THROW(norm.use_stream_statistics(Partition::shared(2)), InvalidArgument);
}

// The official code adds the skip connection to stream 0 only when the branch has forked and the identity has not.
TEST(Functional, ResidualAddReachesEveryStream) {
  const at::Tensor skip = at::rand({1, 2});
  const Streams branch(Partition::separate(3), {at::rand({1, 2}), at::rand({1, 2}), at::rand({1, 2})});
  const Streams sum = add(branch, Streams::shared(skip, 3));
  for (int64_t t = 0; t < 3; ++t) EXPECT_TRUE(at::equal(sum.of_task(t), branch.of_task(t) + skip));
  const Streams other_side = add(Streams::shared(skip, 3), branch);
  for (int64_t t = 0; t < 3; ++t) EXPECT_TRUE(at::equal(other_side.of_task(t), sum.of_task(t)));
}

TEST(Functional, ConcatRepeatsTheSharedSide) {
  const Streams a = Streams::shared(at::zeros({1, 1}), 2);
  const Streams b(Partition::separate(2), {at::ones({1, 1}), at::full({1, 1}, 2)});
  const Streams joined = concat(a, b);
  EXPECT_EQ(joined.of_task(1)[0][1].item<double>(), 2.0);
  EXPECT_EQ(joined.of_task(1).size(1), 2);
}

}  // namespace
}  // namespace reconcile
