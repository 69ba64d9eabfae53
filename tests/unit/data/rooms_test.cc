#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/data/image_set.h"
#include "reconcile/files/npy.h"
#include "unit/base/support.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry rooms_entry();
DatasetEntry nyuv2_entry();
}  // namespace dataset_entries
namespace {

std::string rooms_where(const std::string& key) { return key; }

const Json kFewRooms = {{"size", {24, 32}}, {"train_samples", 60}, {"validation_samples", 6}, {"test_samples", 5}};

DataSplits rooms(const Json& changes = Json::object()) {
  Json options = kFewRooms;
  options.update(changes);
  return dataset_entries::rooms_entry().make(options, rooms_where);
}

const ImageSet& pictures(const std::shared_ptr<const Dataset>& split) { return dynamic_cast<const ImageSet&>(*split); }

TEST(RoomsData, TheSignatureIsThatOfTheData) {
  const DataSplits data = rooms();
  const DataSignature signature = dataset_entries::rooms_entry().signature(kFewRooms, rooms_where);
  EXPECT_EQ(signature.tasks, data.train->tasks());
  EXPECT_EQ(signature.input_shape, data.train->input_shape());
  EXPECT_EQ(data.train->size(), 60);
  EXPECT_EQ(data.validation->size(), 6);
  EXPECT_EQ(data.test->size(), 5);
}

TEST(RoomsData, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = rooms().fingerprint;
  at::set_num_threads(4);
  const Json four = rooms().fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  EXPECT_NE(one["train"], rooms({{"seed", 1}}).fingerprint["train"]);
}

TEST(RoomsData, AShorterSetIsABeginningOfALongerOne) {
  const DataSplits some = rooms({{"train_samples", 3}});
  const DataSplits more = rooms();
  EXPECT_TRUE(pictures(some.train).images().of_task(0).equal(pictures(more.train).images().of_task(0).slice(0, 0, 3)));
  for (size_t t = 0; t < 3; ++t) {
    EXPECT_TRUE(pictures(some.train).targets()[t].equal(pictures(more.train).targets()[t].slice(0, 0, 3)));
  }
}

TEST(RoomsData, AllClassesOccurAndNoneIsNearlyAll) {
  const at::Tensor labels = pictures(rooms().train).targets()[0].to(at::kLong);
  const at::Tensor shares = labels.masked_select(labels.ge(0)).bincount({}, 13).to(at::kDouble) / labels.numel();
  EXPECT_GT(shares.min().item<double>(), 0.001);
  EXPECT_LT(shares.max().item<double>(), 0.65);
}

TEST(RoomsData, RejectsSizesThatAreNone) {
  for (const Json& size : {Json{64}, Json{4, 64}, Json{64, 5000}}) {
    test::expect_message<InvalidArgument>(
        [&] {
          rooms({{"size", size}});
        },
        {"dataset \"rooms\": size = [", "[height, width], both 8 to 4096"});
  }
}

TEST(RoomsData, IsWrittenAsNyuv2) {
  const test::TemporaryFolder folder;
  dataset_entries::rooms_entry().write(kFewRooms, rooms_where, folder / "rooms");
  const DataSplits data = rooms();
  const auto read = [&](const std::string& path) { return read_npy(folder / ("rooms/" + path)); };
  const auto channels_first = [](const at::Tensor& array) { return array.permute({2, 0, 1}); };
  for (const auto& [part, split] : {std::pair{"train", &data.train}, std::pair{"val", &data.test}}) {
    const ImageSet& samples = pictures(*split);
    const std::vector<int64_t> third = {3};
    const Batch batch = samples.batch(third);
    const auto at_three = [&, part = part](const std::string& what) {
      return read(fmt::format("{}/{}/3.npy", part, what));
    };
    EXPECT_TRUE(channels_first(at_three("image")).equal(batch.inputs.of_task(0)[0]));
    EXPECT_TRUE(at_three("label").to(at::kLong).equal(batch.targets[0][0]));
    EXPECT_TRUE(channels_first(at_three("depth")).equal(batch.targets[1][0]));
    EXPECT_TRUE(channels_first(at_three("normal")).equal(batch.targets[2][0]));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "rooms/val/image/5.npy"));  // as many as the test split has
}

TEST(RoomsData, TheReaderOfNyuv2ReadsWhatIsWritten) {
  const test::TemporaryFolder folder;
  dataset_entries::rooms_entry().write(kFewRooms, rooms_where, folder / "nyuv2");
  const DataSplits drawn = rooms();
  const DataSplits read =
      dataset_entries::nyuv2_entry().make({{"root", folder.path().string()}, {"size", {24, 32}}}, rooms_where);
  ASSERT_EQ(read.train->size(), 60);
  ASSERT_EQ(read.test->size(), 5);
  EXPECT_EQ(read.train->tasks(), drawn.train->tasks());
  for (const auto split : {&DataSplits::train, &DataSplits::test}) {
    const std::vector<int64_t> samples = {4, 0, 2};
    const Batch written = (drawn.*split)->batch(samples);
    const Batch found = (read.*split)->batch(samples);
    EXPECT_TRUE(found.inputs.of_task(0).equal(written.inputs.of_task(0)));
    for (size_t t = 0; t < 3; ++t) EXPECT_TRUE(found.targets[t].equal(written.targets[t])) << t;
  }
}

TEST(RoomsData, DepthNormalsAndClassesAreExact) {
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0) GTEST_SKIP() << "python3-numpy is missing";
  const test::TemporaryFolder folder;
  const Json options = {{"size", {48, 64}}, {"train_samples", 40}, {"test_samples", 20}, {"validation_samples", 1}};
  dataset_entries::rooms_entry().write(options, rooms_where, folder / "rooms");
  const std::string command = fmt::format("/usr/bin/python3 -B '{}/tests/unit/data/rooms_oracle.py' '{}'",
                                          RECONCILE_SOURCE_DIR, (folder / "rooms").string());
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace reconcile
