#include "reconcile/report/tensorboard.h"

#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/report/events.h"
#include "unit/base/support.h"
#include "unit/report/fixture.h"

namespace reconcile::report {
namespace {

const Json kRun{{"type", "run"}, {"method", "sum"}, {"thresholds", {-0.1, 0.0}}};

/// All event files of a folder, one after the other.
std::string bytes_in(const std::filesystem::path& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("events.")) bytes += read_file(entry.path());
  }
  return bytes;
}

Json conflict_record(size_t num_tasks) {
  Json pairs = Json::array(), histogram = Json::array(), cosine = Json::array();
  std::vector<int> counts(40);
  counts[10] = 3;
  for (size_t i = 0; i < num_tasks; ++i) {
    for (size_t j = i + 1; j < num_tasks; ++j) {
      pairs.push_back({fmt::format("t{}", i), fmt::format("t{}", j)});
      histogram.push_back(counts);
      cosine.push_back(-0.5);
    }
  }
  Json layer{{"name", "conv1"}, {"below", {{0, 3 * pairs.size()}}}};
  return {{"type", "conflict"},
          {"iterations", 4},
          {"pairs", pairs},
          {"layers", {layer}},
          {"whole", {{"histogram", histogram}, {"cosine", cosine}}}};
}

TEST(TensorBoardLog, WritesConflictsWithTheirEpochAndOnceOnly) {
  const test::TemporaryFolder folder;
  TensorBoardLog log(folder.path(), kRun, {{"name", "n"}}, {}, 0);
  const size_t head = bytes_in(folder.path()).size();
  log.add(conflict_record(3));
  EXPECT_EQ(bytes_in(folder.path()).size(), head);
  log.add({{"type", "epoch"}, {"step", 4}});
  const std::string epoch = bytes_in(folder.path()).substr(head);
  for (const char* tag : {"conflict/cos/t0-t1", "conflict/cos/t0-t2", "conflict/cos/t1-t2"}) {
    EXPECT_TRUE(contains(epoch, tag)) << tag;
  }
  EXPECT_TRUE(contains(epoch, scalar_value("conflict/layer/conv1", 0.75).bytes()));  // below 0, not below -0.1
  log.add({{"type", "epoch"}, {"step", 8}});
  EXPECT_FALSE(contains(bytes_in(folder.path()).substr(head + epoch.size()), "conflict/"));
}

TEST(TensorBoardLog, HasNoHistogramsOfMoreThanTenTasks) {
  for (const size_t num_tasks : {10, 11}) {
    const test::TemporaryFolder folder;
    TensorBoardLog log(folder.path(), kRun, {{"name", "n"}}, {}, 0);
    log.add(conflict_record(num_tasks));
    log.add({{"type", "epoch"}, {"step", 4}});
    EXPECT_EQ(contains(bytes_in(folder.path()), "conflict/cos/"), num_tasks == 10);
    EXPECT_TRUE(contains(bytes_in(folder.path()), "conflict/layer/"));
  }
}

// TensorBoard forgets steps from that of a start on, so what the checkpoint knows must stand before it.
TEST(TensorBoardLog, AContinuedRunStartsBehindTheStepsThatAreDone) {
  const test::TemporaryFolder folder;
  TensorBoardLog log(folder.path(), kRun, {{"name", "n"}}, {}, 12);
  const std::string bytes = bytes_in(folder.path());
  EXPECT_TRUE(contains(bytes, WireMessage().whole(2, 13).message(7, WireMessage().whole(1, 1)).bytes()));
  EXPECT_FALSE(contains(bytes, "_hparams_"));
}

const char* const kPictures = R"({"samples": [{"sample": 7, "input": "pictures/0.png", "tasks": {
  "depth": {"truth": "pictures/0.png", "prediction": "pictures/0.png", "score": 0.5}}}]})";

TEST(TensorBoardLog, TakesInThePicturesOfARun) {
  const test::TemporaryFolder folder;
  const std::string png = std::string("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\2\0\0\0\1\x08\2", 26) + "rest";
  folder.write("pictures/0.png", png);
  TensorBoardLog log(folder.path(), kRun, {{"name", "n"}}, {}, 0);
  const size_t before = bytes_in(folder.path()).size();
  log.add_pictures();
  EXPECT_EQ(bytes_in(folder.path()).size(), before);  // none are listed
  folder.write("pictures.json", kPictures);
  log.add_pictures();
  for (const char* tag : {"pictures/7/input", "pictures/7/depth/truth", "pictures/7/depth/prediction"}) {
    EXPECT_TRUE(contains(bytes_in(folder.path()), image_value(tag, png, "").bytes())) << tag;
  }
  EXPECT_FALSE(contains(bytes_in(folder.path()), "pictures/7/depth/error"));
}

TEST(TensorBoardLog, NamesWhatIsWrongWithPictures) {
  const test::TemporaryFolder folder;
  TensorBoardLog log(folder.path(), kRun, {{"name", "n"}}, {}, 0);
  const auto add = [&] { log.add_pictures(); };
  folder.write("pictures.json", R"({"samples": [{"sample": 7}]})");
  test::expect_message<DataError>(add, "pictures.json: samples[0].input is missing");
  std::string outside = kPictures;
  outside.replace(outside.find("pictures/0.png"), 14, "../secret.png");
  folder.write("pictures.json", outside);
  test::expect_message<DataError>(add, "samples[0].input is \"../secret.png\", must be a path inside the run's folder");
  folder.write("pictures.json", kPictures);
  test::expect_message<DataError>(add, "pictures/0.png: cannot read");
}

}  // namespace
}  // namespace reconcile::report
