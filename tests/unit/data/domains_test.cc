#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/dataset.h"
#include "reconcile/files/picture.h"
#include "unit/base/support.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry domains_entry();
}
namespace {

std::string domains_where(const std::string& key) { return key; }

const Json kFewPictures = {
    {"train_samples", {40, 10, 20, 30}}, {"validation_samples", {4, 3, 2, 5}}, {"test_samples", {6, 6, 6, 6}}};

DataSplits domains(const Json& changes = Json::object()) {
  Json options = kFewPictures;
  options.update(changes);
  return dataset_entries::domains_entry().make(options, domains_where);
}

TEST(DomainsData, TheSignatureIsThatOfTheData) {
  const DataSplits data = domains();
  const DataSignature signature = dataset_entries::domains_entry().signature(kFewPictures, domains_where);
  EXPECT_EQ(signature.tasks, data.train->tasks());
  EXPECT_EQ(signature.input_shape, data.train->input_shape());
  EXPECT_EQ(data.train->size(), 40);  // that of the longest
  EXPECT_EQ(data.validation->size(), 5);
}

TEST(DomainsData, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = domains().fingerprint;
  at::set_num_threads(4);
  const Json four = domains().fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  EXPECT_NE(one["train"], domains({{"seed", 1}}).fingerprint["train"]);
  EXPECT_EQ(one["train"]["Clipart"]["samples"], 10);
  EXPECT_EQ(one["train"]["Art"], domains({{"train_samples", {40, 1, 1, 1}}}).fingerprint["train"]["Art"]);
}

TEST(DomainsData, EachTaskHasPicturesOfItsOwn) {
  const DataSplits data = domains();
  const std::vector<int64_t> samples = {0, 5};
  const Batch batch = data.train->batch(samples);
  EXPECT_EQ(batch.inputs.partition(), Partition::separate(4));
  EXPECT_FALSE(batch.inputs.of_task(0).equal(batch.inputs.of_task(1)));
  const auto alone = only_task(data.train, "Product");
  EXPECT_EQ(alone->size(), 20);
  EXPECT_TRUE(alone->batch(samples).inputs.of_task(0).equal(batch.inputs.of_task(2)));
  EXPECT_TRUE(alone->batch(samples).targets[0].equal(batch.targets[2]));
}

TEST(DomainsData, ShorterDomainsBeginAgainInTrainingAndEndInEvaluation) {
  const DataSplits data = domains();
  const std::vector<int64_t> fifth = {4}, fifteenth = {14};
  EXPECT_TRUE(data.train->batch(fifteenth).targets[1].equal(data.train->batch(fifth).targets[1]));
  const Batch last = data.validation->batch(fifth);
  EXPECT_EQ(last.targets[2].item<int64_t>(), -1);
  EXPECT_GE(last.targets[3].item<int64_t>(), 0);
}

TEST(DomainsData, WantsANumberForEachDomain) {
  test::expect_message<InvalidArgument>(
      [] {
        domains({{"test_samples", {5, 5}}});
      },
      {"dataset \"domains\": test_samples = [5, 5]", "Art, Clipart, Product"});
}

TEST(DomainsData, IsWrittenAsOfficeHome) {
  const test::TemporaryFolder folder;
  const auto root = folder / "office";
  dataset_entries::domains_entry().write(kFewPictures, domains_where, root);
  const DataSplits data = domains();
  const std::array parts = {std::pair{"train", &data.train}, std::pair{"val", &data.validation},
                            std::pair{"test", &data.test}};
  for (const auto& [part, split] : parts) {
    for (const Task& task : (*split)->tasks()) {
      const auto samples = only_task(*split, task.name);
      std::istringstream lines(read_file(root / fmt::format("data_txt/{}_{}.txt", task.name, part)));
      std::string path;
      int64_t label = 0, i = 0;
      for (; lines >> path >> label; ++i) {
        const Batch batch = samples->batch(std::array{i});
        EXPECT_EQ(label, batch.targets[0].item<int64_t>()) << path;
        EXPECT_TRUE(read_picture(root / path).to(at::kFloat).div(255).equal(batch.inputs.of_task(0)[0])) << path;
      }
      EXPECT_EQ(i, samples->size());
    }
  }
  EXPECT_TRUE(std::filesystem::exists(root / "Real_World"));
}

}  // namespace
}  // namespace reconcile
