#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/image_set.h"
#include "reconcile/files/picture.h"
#include "unit/base/support.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry faces_entry();
DatasetEntry celeba_entry();
}  // namespace dataset_entries
namespace {

std::string faces_where(const std::string& key) { return key; }

const Json kFewFaces = {{"size", 32}, {"train_samples", 24}, {"validation_samples", 5}, {"test_samples", 6}};

DataSplits faces(const Json& changes = Json::object()) {
  Json options = kFewFaces;
  options.update(changes);
  return dataset_entries::faces_entry().make(options, faces_where);
}

const ImageSet& portraits(const std::shared_ptr<const Dataset>& split) { return dynamic_cast<const ImageSet&>(*split); }

TEST(FacesData, TheSignatureIsThatOfTheData) {
  for (const std::string answers : {"classes", "labels"}) {
    const DataSplits data = faces({{"answers", answers}});
    const DataSignature signature =
        dataset_entries::faces_entry().signature({{"size", 32}, {"answers", answers}}, faces_where);
    EXPECT_EQ(signature.tasks, data.train->tasks());
    EXPECT_EQ(signature.input_shape, data.train->input_shape());
    EXPECT_EQ(signature.tasks.size(), 40U);
    EXPECT_EQ(data.train->size(), 24);
  }
}

TEST(FacesData, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = faces().fingerprint;
  at::set_num_threads(4);
  const Json four = faces().fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  EXPECT_NE(one["train"], faces({{"seed", 1}}).fingerprint["train"]);
  EXPECT_NE(one["validation"], one["test"]);
}

TEST(FacesData, ClassesAndLabelsAreTheSameAnswers) {
  const DataSplits classes = faces();
  const DataSplits labels = faces({{"answers", "labels"}});
  for (size_t t = 0; t < 40; ++t) {
    EXPECT_EQ(classes.train->tasks()[t].kind, TaskKind::kClassification);
    EXPECT_EQ(labels.train->tasks()[t].kind, TaskKind::kMultiLabel);
    EXPECT_TRUE(portraits(classes.train).targets()[t].equal(portraits(labels.train).targets()[t].squeeze(1)));
  }
}

TEST(FacesData, IsWrittenAsCelebA) {
  const test::TemporaryFolder folder;
  const auto root = folder / "celeba";
  dataset_entries::faces_entry().write(kFewFaces, faces_where, root);
  const DataSplits data = faces();
  std::istringstream attributes(read_file(root / "list_attr_celeba.txt"));
  std::istringstream parts(read_file(root / "list_eval_partition.txt"));
  std::string text, name;
  int64_t number = 0;
  attributes >> number;
  EXPECT_EQ(number, 35);
  for (const Task& task : data.train->tasks()) {
    attributes >> text;
    EXPECT_EQ(text, task.name);
  }
  const std::array splits = {&data.train, &data.validation, &data.test};
  for (int64_t part = 0; part < 3; ++part) {
    const ImageSet& samples = portraits(*splits[static_cast<size_t>(part)]);
    for (int64_t i = 0; i < samples.size(); ++i) {
      int64_t of_part = 0;
      parts >> name >> of_part;
      attributes >> text;
      EXPECT_EQ(name, text);
      EXPECT_EQ(of_part, part);
      for (size_t t = 0; t < 40; ++t) {
        int64_t answer = 0;
        attributes >> answer;
        EXPECT_EQ(answer, 2 * samples.targets()[t][i].item<int64_t>() - 1);
      }
      const at::Tensor picture = read_picture(root / "img_align_celeba" / name).to(at::kFloat);
      const at::Tensor drawn = samples.images().of_task(0)[i].to(at::kFloat);
      EXPECT_LT((picture - drawn).abs().mean().item<double>(), 12);  // JPEG keeps noise only roughly
    }
  }
  EXPECT_FALSE(parts >> name);
}

TEST(FacesData, TheReaderOfCelebAReadsWhatIsWritten) {
  const test::TemporaryFolder folder;
  dataset_entries::faces_entry().write(kFewFaces, faces_where, folder / "celeba");
  const DataSplits drawn = faces();
  const DataSplits read =
      dataset_entries::celeba_entry().make({{"root", folder.path().string()}, {"size", {32, 32}}}, faces_where);
  EXPECT_EQ(read.train->tasks(), drawn.train->tasks());
  for (const auto split : {&DataSplits::train, &DataSplits::validation, &DataSplits::test}) {
    ASSERT_EQ((read.*split)->size(), (drawn.*split)->size());
    const std::vector<int64_t> samples = {4, 0, 2};
    const Batch written = (drawn.*split)->batch(samples);
    const Batch found = (read.*split)->batch(samples);
    const at::Tensor loss = (found.inputs.of_task(0) - written.inputs.of_task(0)).abs().mean();
    EXPECT_LT(loss.item<double>(), 0.05);  // of JPEG
    for (size_t t = 0; t < 40; ++t) EXPECT_TRUE(found.targets[t].equal(written.targets[t])) << t;
  }
}

}  // namespace
}  // namespace reconcile
