#include "reconcile/files/table.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/data/image_set.h"
#include "unit/base/support.h"

namespace reconcile {
namespace dataset_entries {
DatasetEntry table_entry();
}
namespace {

std::string table_where(const std::string& key) { return key; }

const Json kFewRows = {{"train_samples", 300}, {"validation_samples", 20}, {"test_samples", 30}};

DataSplits table(const Json& changes = Json::object()) {
  Json options = kFewRows;
  options.update(changes);
  return dataset_entries::table_entry().make(options, table_where);
}

at::Tensor targets_of(const std::shared_ptr<const Dataset>& split) {
  return at::cat(dynamic_cast<const ImageSet&>(*split).targets(), 1);
}

TEST(TableData, TheSignatureIsThatOfTheData) {
  const DataSplits data = table();
  const DataSignature signature = dataset_entries::table_entry().signature({}, table_where);
  EXPECT_EQ(signature.tasks, data.train->tasks());
  EXPECT_EQ(signature.input_shape, (std::vector<int64_t>{16, 1, 1}));
  EXPECT_EQ(data.train->input_shape(), signature.input_shape);
  EXPECT_EQ(data.test->size(), 30);
}

TEST(TableData, TheSeedDecidesEveryBitWhateverTheThreads) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Json one = table({{"missing", 0.2}}).fingerprint;
  at::set_num_threads(4);
  const Json four = table({{"missing", 0.2}}).fingerprint;
  at::set_num_threads(threads);
  EXPECT_EQ(one, four);
  EXPECT_NE(one["train"], table({{"seed", 1}}).fingerprint["train"]);
}

TEST(TableData, MissingTargetsAreNanAndTheOthersStay) {
  const at::Tensor all = targets_of(table().train);
  const at::Tensor some = targets_of(table({{"missing", 0.3}}).train);
  EXPECT_FALSE(all.isnan().any().item<bool>());
  EXPECT_NEAR(some.isnan().to(at::kDouble).mean().item<double>(), 0.3, 0.03);
  EXPECT_TRUE(at::where(some.isnan(), all, some).equal(all));
}

TEST(TableData, PartsFollowOneLaw) {
  // The nearest training row tells something of a test row.
  const DataSplits data = table({{"train_samples", 4000}, {"test_samples", 400}});
  const auto features = [](const auto& split) {
    return dynamic_cast<const ImageSet&>(*split).images().of_task(0).flatten(1);
  };
  const at::Tensor nearest = at::cdist(features(data.test), features(data.train)).argmin(1);
  const at::Tensor guess = targets_of(data.train).index_select(0, nearest);
  EXPECT_GT((guess * targets_of(data.test)).mean(0)[3].item<double>(), 0.2);  // step_1
}

TEST(TableData, IsWrittenAsCsvWithAManifest) {
  const test::TemporaryFolder folder;
  Json options = kFewRows;
  options["missing"] = 0.1;
  dataset_entries::table_entry().write(options, table_where, folder / "table");
  const Table csv = read_table(folder / "table/table.csv");
  const DataSplits data = table({{"missing", 0.1}});
  ASSERT_EQ(csv.rows.size(), 350U);
  const auto column = [&](const std::string& name, int64_t row) {
    const std::string& cell = csv.rows[static_cast<size_t>(row)][static_cast<size_t>(csv.column(name))];
    return cell.empty() ? std::numeric_limits<float>::quiet_NaN() : std::stof(cell);
  };
  const auto& train = dynamic_cast<const ImageSet&>(*data.train);
  for (const int64_t row : {0, 17, 299}) {
    EXPECT_EQ(column("x16", row), train.images().of_task(0)[row][15].item<float>());
    for (const Task& task : data.train->tasks()) {
      const float expected = only_task(data.train, task.name)->batch(std::array{row}).targets[0].item<float>();
      const float found = column(task.name, row);
      EXPECT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected))) << task.name;
    }
  }
  EXPECT_TRUE(read_file(folder / "table/validation.txt").starts_with("301\n302\n"));
  EXPECT_NE(read_file(folder / "table/manifest.toml").find("column = \"noisy\""), std::string::npos);
}

}  // namespace
}  // namespace reconcile
