#include "reconcile/data/pairs.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <map>
#include <set>

#include "reconcile/base/error.h"
#include "reconcile/data/generated.h"
#include "unit/files/temp_folder.h"

namespace reconcile {
namespace {

using testing::idx_header;

/// `count` images that are all `first_value` + their index; the label is the index modulo 10.
LabelledImages numbered(int64_t count, int64_t first_value) {
  const at::Tensor values = at::arange(first_value, first_value + count).to(at::kByte).view({count, 1, 1});
  return {values.expand({count, 28, 28}).contiguous(), at::arange(count) % 10};
}

/// Left values 1 to 20, right values 101 to 130: a pixel tells which image it came from, a sum
/// both.
Pairing numbered_pairing() { return {.left = numbered(20, 1), .right = numbered(30, 101)}; }

/// Rows and columns, half-open, of the pixels that fulfil `test`.
struct Box {
  int64_t top, left, bottom, right;
  bool operator==(const Box&) const = default;
};
Box bounding_box(const at::Tensor& test) {
  const at::Tensor at_rows = test.any(1).nonzero();
  const at::Tensor at_columns = test.any(0).nonzero();
  return {at_rows.min().item<int64_t>(), at_columns.min().item<int64_t>(), at_rows.max().item<int64_t>() + 1,
          at_columns.max().item<int64_t>() + 1};
}

/// The upper left corner of the left item, and where it ends, follow from the pixels that hold no
/// right value.
TEST(Pairs, PlacesBothImagesInRangeWithTheirLabels) {
  const auto pairs = make_pairs(numbered_pairing(), Rng(3), 40);
  std::set<std::pair<int64_t, int64_t>> right_offsets;
  for (int64_t i = 0; i < pairs->size(); ++i) {
    const at::Tensor image = pairs->images().of_task(0)[i][0].to(at::kLong);
    const at::Tensor right = image > 100;
    const Box box = bounding_box(right);
    EXPECT_EQ(box, (Box{box.top, box.left, box.top + 28, box.left + 28}));
    EXPECT_TRUE(box.top >= 4 && box.top <= 8 && box.left >= 4 && box.left <= 8);
    right_offsets.insert({box.top, box.left});
    const auto right_value = image[box.bottom - 1][box.right - 1].item<int64_t>();
    const auto largest = image.max().item<int64_t>();
    const at::Tensor left = at::where(right, image - right_value, image);
    const Box left_box = bounding_box(left > 0);
    EXPECT_EQ(left_box, (Box{left_box.top, left_box.left, left_box.top + 28, left_box.left + 28}));
    EXPECT_TRUE(left_box.top >= 0 && left_box.top <= 4 && left_box.left >= 0 && left_box.left <= 4);
    EXPECT_EQ(pairs->targets()[0][i].item<int64_t>(), (largest - right_value - 1) % 10);
    EXPECT_EQ(pairs->targets()[1][i].item<int64_t>(), (right_value - 101) % 10);
  }
  EXPECT_GT(right_offsets.size(), 10U);
}

TEST(Pairs, SumIsCutAt255AndMaxTakesTheLarger) {
  Pairing pairing = {.left = numbered(1, 200), .right = numbered(1, 100)};
  EXPECT_EQ(make_pairs(pairing, Rng(0), 1)->images().of_task(0).max().item<int64_t>(), 255);
  pairing.takes_max = true;
  const at::Tensor image = make_pairs(pairing, Rng(0), 1)->images().of_task(0);
  EXPECT_EQ(image.max().item<int64_t>(), 200);
  EXPECT_EQ((image == 200).sum().item<int64_t>(), 28 * 28);
}

TEST(Pairs, EveryLeftImageComesOnceInEachHalf) {
  Pairing pairing = {.left = numbered(10, 1), .right = numbered(30, 101)};
  pairing.left.labels = at::arange(10);
  const auto labels = make_pairs(pairing, Rng(0), 20)->targets()[0];
  for (const int64_t begin : {0, 10}) {
    const at::Tensor half = labels.slice(0, begin, begin + 10);
    EXPECT_TRUE(std::get<0>(half.sort()).equal(at::arange(10)));
    EXPECT_FALSE(half.equal(at::arange(10)));
  }
}

TEST(Pairs, AShorterSetIsABeginningOfALongerOne) {
  const auto all = make_pairs(numbered_pairing(), Rng(1), 40);
  const auto some = make_pairs(numbered_pairing(), Rng(1), 13);
  EXPECT_TRUE(some->images().of_task(0).equal(all->images().of_task(0).slice(0, 0, 13)));
  EXPECT_TRUE(some->targets()[1].equal(all->targets()[1].slice(0, 0, 13)));
}

TEST(Pairs, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = make_pairs(numbered_pairing(), Rng(5), 300);
  at::set_num_threads(4);
  const auto four = make_pairs(numbered_pairing(), Rng(5), 300);
  const auto other = make_pairs(numbered_pairing(), Rng(6), 300);
  at::set_num_threads(threads);
  EXPECT_EQ(fingerprint(*one), fingerprint(*four));
  EXPECT_NE(fingerprint(*one)["images"], fingerprint(*other)["images"]);
}

TEST(Pairs, DistinctLabelsAreDistinct) {
  Pairing pairing = numbered_pairing();
  const auto coincide = [&] {
    const auto pairs = make_pairs(pairing, Rng(0), 300);
    return (pairs->targets()[0] == pairs->targets()[1]).any().item<bool>();
  };
  EXPECT_TRUE(coincide());
  pairing.distinct_labels = true;
  EXPECT_FALSE(coincide());
}

TEST(Pairs, RejectsDistinctLabelsWhereThereIsOne) {
  const Pairing pairing = {.left = numbered(5, 1), .right = numbered(1, 101), .distinct_labels = true};
  test::expect_message<DataError>([&] { make_pairs(pairing, Rng(0), 5); },
                                  {"all 1 right images have label 0", "Set it to false"});
}

TEST(HoldOut, TakesTheLastTenthOnce) {
  const auto [train, validation] = hold_out(numbered(109, 0));
  EXPECT_EQ(train.images.size(0), 99);
  EXPECT_EQ(validation.images.size(0), 10);
  EXPECT_EQ(train.labels.size(0), 99);
  EXPECT_EQ(validation.images[0][0][0].item<int64_t>(), 99);
}

/// Folders of small files whose images are: mnist 1 to 40 (train), 41 to 50 (test); fashion-mnist
/// 101 to 140, 141 to 150.
class PairsFromFiles : public ::testing::Test {
 protected:
  PairsFromFiles() {
    write("mnist", "train", numbered(40, 1));
    write("mnist", "t10k", numbered(10, 41));
    write("fashion-mnist", "train", numbered(40, 101));
    write("fashion-mnist", "t10k", numbered(10, 141));
  }

  void write(const std::string& folder, const std::string& part, const LabelledImages& items) {
    const auto count = static_cast<uint32_t>(items.labels.size(0));
    const at::Tensor labels = items.labels.to(at::kByte);
    const auto text = [](const at::Tensor& bytes) {
      return std::string(static_cast<const char*>(bytes.data_ptr()), bytes.nbytes());
    };
    folder_.write(folder + "/" + part + "-images-idx3-ubyte", idx_header({count, 28, 28}) + text(items.images));
    folder_.write(folder + "/" + part + "-labels-idx1-ubyte", idx_header({count}) + text(labels));
  }

  DataSplits load(PairsOptions options) {
    options.root = folder_.path();
    options.merge = "max";
    return load_pairs("multi_fashion_mnist", mnist(), fashion_mnist(), options);
  }

  /// The distinct values in a split's images, without the background.
  static std::vector<int64_t> values(const Dataset& split) {
    const at::Tensor unique =
        std::get<0>(at::_unique(dynamic_cast<const ImageSet&>(split).images().of_task(0), true)).to(at::kLong);
    return {unique.data_ptr<int64_t>() + 1, unique.data_ptr<int64_t>() + unique.numel()};
  }

  testing::TempFolder folder_;
};

TEST_F(PairsFromFiles, SplitsNeverShareAnImage) {
  const DataSplits splits = load({});
  EXPECT_EQ(splits.train->size(), 72);
  EXPECT_EQ(splits.validation->size(), 8);
  EXPECT_EQ(splits.test->size(), 20);
  for (const int64_t v : values(*splits.train)) EXPECT_TRUE((v >= 1 && v <= 36) || (v >= 101 && v <= 136)) << v;
  for (const int64_t v : values(*splits.validation)) EXPECT_TRUE((v >= 37 && v <= 40) || (v >= 137 && v <= 140)) << v;
  for (const int64_t v : values(*splits.test)) EXPECT_TRUE((v >= 41 && v <= 50) || (v >= 141 && v <= 150)) << v;
}

TEST_F(PairsFromFiles, HasTwoTasksAndAFingerprint) {
  const DataSplits splits = load({.seed = 4, .test_samples = 7});
  const TaskSet tasks = {{.name = "T1", .num_outputs = 10}, {.name = "T2", .num_outputs = 10}};
  EXPECT_EQ(splits.test->tasks(), tasks);
  EXPECT_EQ(splits.test->input_shape(), (std::vector<int64_t>{1, 36, 36}));
  EXPECT_EQ(splits.fingerprint["generator"], "pairs");
  EXPECT_EQ(splits.fingerprint["seed"], 4);
  EXPECT_EQ(splits.fingerprint["test"]["samples"], 7);
  EXPECT_EQ(splits.fingerprint, load({.seed = 4, .test_samples = 7}).fingerprint);
  EXPECT_NE(splits.fingerprint["test"], load({.seed = 5, .test_samples = 7}).fingerprint["test"]);
}

TEST_F(PairsFromFiles, RejectsMoreSamplesThanThereAre) {
  test::expect_message<InvalidArgument>([&] { load({.train_samples = 73}); },
                                        {"dataset \"multi_fashion_mnist\": train_samples = 73, must be <= 72"});
}

TEST_F(PairsFromFiles, RejectsDistinctLabelsOfDifferentThings) {
  test::expect_message<InvalidArgument>([&] { load({.distinct_labels = true}); },
                                        {"classes of mnist with classes of fashion-mnist"});
}

TEST_F(PairsFromFiles, RejectsAnUnknownMerge) {
  const Where where = [](const std::string& key) { return "data: " + key; };
  test::expect_message<InvalidArgument>(
      [&] {
        std::ignore = pairs_options().parse({{"merge", "mean"}}, where);
      },
      {"data: merge", "must be one of sum, max"});
}

}  // namespace
}  // namespace reconcile
