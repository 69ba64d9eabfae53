#include "reconcile/data/manifest.h"

#include "reconcile/base/error.h"
#include "reconcile/core/target.h"
#include "reconcile/data/manifest_ids.h"
#include "reconcile/data/manifest_load.h"
#include "unit/data/manifest_files.h"

namespace reconcile {
namespace {

using testing::ManifestFolder;

/// Every kind of task.
const std::string kAllTasks = R"(
[[task]]
name = "lanes"
type = "segmentation"
file = "lanes/{id}.png"
classes = 3
ignore = 255
[[task]]
name = "people"
type = "parts"
file = "lanes/{id}.png"
names = ["none", "head", "torso"]
ignore = 255
[[task]]
name = "range"
type = "depth"
file = "range/{id}.png"
scale = 0.001
[[task]]
name = "normal"
type = "normals"
file = "normal/{id}.npy"
[[task]]
name = "object"
type = "saliency"
file = "mask/{id}.png"
[[task]]
name = "border"
type = "edges"
file = "mask/{id}.png"
[[task]]
name = "weather"
type = "classification"
csv = "tags.csv"
column = "weather"
[[task]]
name = "tags"
type = "multi_label"
csv = "tags.csv"
columns = ["a", "b"]
[[task]]
name = "temperature"
type = "regression"
csv = "tags.csv"
column = "temperature"
invalid = -99
)";

DataSplits load(const ManifestFolder& files, const std::string& text) {
  return load_manifest(read_manifest(files.manifest(text), ""));
}

Batch sample(const DataSplits& data, int64_t i) { return data.train->batch(std::vector<int64_t>{i}); }

TEST(Manifest, ReadsEveryKindOfTask) {
  const ManifestFolder files;
  const std::string text = ManifestFolder::kDataset + kAllTasks;
  const Manifest manifest = read_manifest(files.manifest(text), "");
  EXPECT_EQ(manifest_input_shape(manifest), (std::vector<int64_t>{3, 4, 6}));
  const DataSplits data = load_manifest(manifest);
  EXPECT_EQ(data.train->size(), 6);
  EXPECT_EQ(data.validation->size(), 2);
  EXPECT_EQ(data.test->size(), 2);
  EXPECT_EQ(data.fingerprint.at("classes").at("weather"), (Json{"rain", "sun"}));
  const Batch batch = sample(data, 2);
  EXPECT_TRUE(batch.inputs.of_task(0).allclose(at::full({1, 3, 4, 6}, 20 / 255.0)));
  for (const int t : {0, 1}) {
    EXPECT_EQ(batch.targets[t][0][0][0].item<int64_t>(), kVoid);
    EXPECT_EQ(batch.targets[t].sum().item<int64_t>(), 2 * 23 - 1);
  }
  EXPECT_EQ(batch.targets[2][0][0][0][0].item<float>(), 0);
  EXPECT_FLOAT_EQ(batch.targets[2][0][0][3][5].item<float>(), 2.5);
  EXPECT_EQ(batch.targets[3].sum().item<float>(), 23);
  EXPECT_EQ(batch.targets[4].sum().item<float>(), 0);
  EXPECT_EQ(sample(data, 1).targets[4].sum().item<float>(), 24);
  EXPECT_EQ(sample(data, 1).targets[5].sum().item<float>(), 24);
  EXPECT_EQ(batch.targets[6].item<int64_t>(), 0);
  EXPECT_EQ(sample(data, 1).targets[6].item<int64_t>(), 1);
  EXPECT_TRUE(batch.targets[7].equal(at::tensor({0.0F, 1.0F}).unsqueeze(0)));
  EXPECT_EQ(batch.targets[8].item<float>(), 4);
}

TEST(Manifest, WhatIsMissingIsUnknown) {
  const ManifestFolder files;
  const DataSplits data = load(files, ManifestFolder::kDataset + kAllTasks);
  EXPECT_TRUE(sample(data, 3).targets[0].eq(kVoid).all().item<bool>()) << "no file";
  EXPECT_EQ(sample(data, 4).targets[6].item<int64_t>(), kVoid) << "an empty field";
  EXPECT_TRUE(sample(data, 5).targets[7].equal(at::tensor({1.0F, -1.0F}).unsqueeze(0))) << "one of two labels";
  EXPECT_TRUE(data.validation->batch(std::vector<int64_t>{0}).targets[8].isnan().item<bool>()) << "the invalid number";
}

TEST(Manifest, WhatIsLostAfterTheStartIsAnError) {
  const ManifestFolder files;
  const DataSplits data = load(files, ManifestFolder::kDataset + kAllTasks);
  std::filesystem::remove(files.folder() / "lanes/02.png");
  test::expect_message<DataError>([&] { sample(data, 2); }, "lanes/02.png", "No such file or directory");
}

TEST(Manifest, ResizesPicturesSmoothlyAndLabelsToTheNearest) {
  const ManifestFolder files;
  const DataSplits data = load(files, "[dataset]\nimage = \"rgb/{id}.png\"\nsize = [2, 3]\n" + kAllTasks);
  const Batch batch = sample(data, 0);
  EXPECT_EQ(batch.inputs.of_task(0).sizes(), (std::vector<int64_t>{1, 3, 2, 3}));
  EXPECT_EQ(batch.targets[0].sizes(), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_LE(batch.targets[0].max().item<int64_t>(), 2);
}

TEST(Manifest, DividesWhatItFindsBySharesAndSeed) {
  const ManifestFolder files;
  const std::string tasks = "[[task]]\nname = \"range\"\ntype = \"depth\"\nfile = \"range/{id}.png\"\n";
  const std::string dataset = "[dataset]\nimage = \"rgb/{id}.png\"\nsplit.shares = [6, 2, 2]\n";
  const DataSplits data = load(files, dataset + tasks);
  EXPECT_EQ(data.train->size(), 6);
  EXPECT_EQ(data.validation->size(), 2);
  EXPECT_EQ(data.test->size(), 2);
  std::set<float> levels;
  for (const auto& part : {data.train, data.validation, data.test}) {
    for (int64_t i = 0; i < part->size(); ++i) {
      levels.insert(part->batch(std::vector<int64_t>{i}).inputs.of_task(0).max().item<float>());
    }
  }
  EXPECT_EQ(levels.size(), 10U) << "each sample in one part";
  const auto first = [](const DataSplits& d) { return d.test->batch(std::vector<int64_t>{0, 1}).inputs.of_task(0); };
  EXPECT_TRUE(first(load(files, dataset + tasks)).equal(first(data)));
  std::set<float> seeds;
  for (int seed = 0; seed < 5; ++seed) {
    seeds.insert(first(load(files, fmt::format("{}split.seed = {}\n{}", dataset, seed, tasks))).sum().item<float>());
  }
  EXPECT_GT(seeds.size(), 1U);
}

TEST(Manifest, TakesValidationFromTrainingNeverFromTheTest) {
  const ManifestFolder files;
  const ManifestSplit split{.train = "train.txt", .test = "test.txt"};
  const PartIds ids = divide_ids(files.folder().path(), split, {});
  EXPECT_EQ(ids.test, (std::vector<std::string>{"08", "09"}));
  EXPECT_EQ(ids.train.size(), 5U);
  EXPECT_EQ(ids.validation.size(), 1U);
}

TEST(Manifest, FindsIdsInNamesOfFilesAndFolders) {
  const test::TemporaryFolder folder;
  folder.write("rgb/a_1_left.png", "");
  folder.write("rgb/a_2_left.png", "");
  folder.write("rgb/a_2_right.png", "");
  folder.write("scene/x/image.png", "");
  folder.write("scene/y/other.png", "");
  EXPECT_EQ(find_ids(folder.path(), "rgb/a_{id}_left.png"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(find_ids(folder.path(), "scene/{id}/image.png"), (std::vector<std::string>{"x"}));
  test::expect_message<DataError>([&] { find_ids(folder.path(), "rgb/{id}.jpg"); }, "no file is called {id}.jpg");
  test::expect_message<DataError>([&] { find_ids(folder.path(), "none/{id}.jpg"); }, "cannot look for none/{id}.jpg");
}

TEST(Manifest, TasksMayHaveImagesOfTheirOwn) {
  const ManifestFolder files;
  files.folder().write("photo/a.png", encode_png(at::full({3, 4, 6}, 200, at::kByte)));
  files.folder().write("photo/b.png", encode_png(at::full({1, 4, 6}, 100, at::kByte)));
  files.folder().write("photo/c.png", encode_png(at::full({3, 4, 6}, 50, at::kByte)));
  files.folder().write("kinds.csv", "id,kind\na,0\nb,1\nc,1\n");
  const DataSplits data = load(files, ManifestFolder::kDataset + std::string(R"(
[[task]]
name = "range"
type = "depth"
file = "range/{id}.png"
[[task]]
name = "kind"
type = "classification"
csv = "kinds.csv"
column = "kind"
image = "photo/{id}.png"
split.shares = [1, 1, 1]
)"));
  EXPECT_EQ(data.train->size(), 6);
  EXPECT_EQ(data.train->only(1)->size(), 1);
  EXPECT_EQ(data.train->tasks()[1].num_outputs, 2);
  const Batch batch = sample(data, 0);
  EXPECT_EQ(batch.inputs.partition().num_groups(), 2);
}

std::string cars() {
  const std::vector<std::string> kinds{"", "a", "b", "c"};
  std::string text = "weight,power,consumption,kind\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("{},{},{},{}\n", 100 * i, 7, 3 * i, kinds[i % 4]);
  return text;
}
const std::string kCars = R"([dataset]
table = "cars.csv"
inputs = ["weight", "power"]
standardise = true
[[task]]
name = "consumption"
type = "regression"
column = "consumption"
standardise = true
[[task]]
name = "kind"
type = "classification"
column = "kind"
)";

TEST(Manifest, ReadsTables) {
  const ManifestFolder files;
  files.folder().write("cars.csv", cars());
  const DataSplits data = load(files, kCars);
  EXPECT_EQ(data.train->size() + data.validation->size() + data.test->size(), 20);
  EXPECT_EQ(data.train->input_shape(), (std::vector<int64_t>{2, 1, 1}));
  std::vector<int64_t> all(data.train->size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  const Batch batch = data.train->batch(all);
  const at::Tensor x = batch.inputs.of_task(0).flatten(1);
  EXPECT_TRUE(x.mean(0).allclose(at::zeros({2}), 0, 1e-5));
  EXPECT_NEAR(x.select(1, 0).square().mean().item<double>(), 1, 1e-5);
  EXPECT_TRUE(x.select(1, 1).eq(0).all().item<bool>()) << "a column of one number stays finite";
  EXPECT_TRUE(batch.targets[0].flatten().allclose(x.select(1, 0), 1e-4, 1e-5)) << "consumption follows weight";
  EXPECT_EQ(data.train->tasks()[1].num_outputs, 3);
  EXPECT_EQ(batch.targets[1].min().item<int64_t>(), kVoid);
}

/// The message for a manifest of `dataset` lines and one task.
void expect_refused(const std::string& text, const std::vector<std::string>& parts) {
  const ManifestFolder files;
  files.folder().write("cars.csv", cars());
  test::expect_message<InvalidArgument>([&] { load(files, text); }, parts);
}

std::string with_task(const std::string& keys) {
  return std::string("[dataset]\nimage = \"rgb/{id}.png\"\n[[task]]\nname = \"a\"\n") + keys;
}

TEST(Manifest, SaysWhatIsWrongWithIt) {
  const auto task = [](const std::string& keys, const std::vector<std::string>& parts) {
    expect_refused(with_task(keys), parts);
  };
  expect_refused("[dataset]\nimages = \"a\"\n",
                 {"road.toml:2: dataset.images: unknown key", "Did you mean \"image\"?"});
  expect_refused("[dataest]\n", {"road.toml:1: dataest: a manifest has [dataset] and [[task]] only. Did you mean"});
  expect_refused("[dataset]\nimage = \"a.png\"\n", {"road.toml:2: dataset.image = \"a.png\", must hold {id}"});
  expect_refused("[dataset]\n", {"needs either image"});
  expect_refused("[dataset]\ntable = \"cars.csv\"\n", {"`table` and `inputs`"});
  expect_refused("[dataset]\nimage = \"{id}\"\nsize = [3]\n", {"dataset.size = [3], must be [height, width]"});
  expect_refused("[dataset]\nimage = \"{id}\"\n", {"road.toml: needs a block [[task]]"});
  expect_refused("[dataset]\nimage = \"{id}\"\nsplit = 3\n", {"dataset.split = 3, must be a table"});
  expect_refused("[dataset]\nimage = \"{id}\"\nsplit.shares = [1, 2]\n", {"2 shares, give those of training"});
  expect_refused("[dataset]\nimage = \"{id}\"\nsplit.train = \"a\"\n", {"give lists `train` and `test`"});
  task("type = \"depht\"\n", {"road.toml:5: task[0].type: no kind of task \"depht\". Did you mean \"depth\"?"});
  task("type = \"depth\"\nfiles = \"a\"\n", {"road.toml:6: task[0].files: unknown key", "Did you mean \"file\"?"});
  task("type = \"depth\"\n", {"depth comes from file = "});
  task("type = \"depth\"\nfile = \"a.png\"\n", {"road.toml:6: task[0].file = \"a.png\", must hold {id}"});
  task("type = \"depth\"\nfile = \"{id}.png\"\nclasses = 3\n", {"task[0].classes: depth has no classes"});
  task("type = \"depth\"\nfile = \"{id}.png\"\nignore = 3\n", {"depth has no classes. Write invalid = 3"});
  task("type = \"segmentation\"\nfile = \"{id}.png\"\ninvalid = 3\nclasses = 2\n", {"Write ignore = 3"});
  task("type = \"segmentation\"\nfile = \"{id}.png\"\n", {"segmentation needs classes = 5"});
  task("type = \"depth\"\nfile = \"{id}.png\"\nstandardise = true\n", {"only regression can be standardised"});
  task("type = \"regression\"\n", {"regression comes from csv = "});
  task("type = \"classification\"\ncsv = \"tags.csv\"\ncolumns = [\"a\", \"b\"]\n", {"a class stands in one column"});
  expect_refused("[dataset]\nimage = \"{id}\"\n[[task]]\ntype = \"depth\"\n", {"a [[task]] needs a name"});
  expect_refused("[dataset]\nimage = \"{id}\"\n[[task]]\nname = \"a/b\"\ntype = \"depth\"\n", {"the name names files"});
  expect_refused(kCars + "[[task]]\nname = \"kind\"\ntype = \"regression\"\ncolumn = \"power\"\n",
                 {"two tasks are called \"kind\""});
  expect_refused(kCars + "[[task]]\nname = \"d\"\ntype = \"depth\"\nfile = \"{id}\"\n", {"a table has no pixels"});
  expect_refused(kCars + "[[task]]\nname = \"d\"\ntype = \"regression\"\ncolumn = \"power\"\nimage = \"{id}\"\n",
                 {"the input of all tasks is a table"});
}

/// The same for what the files hold.
void expect_damaged(const std::string& text, const std::vector<std::string>& parts, const std::string& name = "",
                    const std::string& bytes = "") {
  const ManifestFolder files;
  files.folder().write("cars.csv", cars());
  if (!name.empty()) files.folder().write(name, bytes);
  test::expect_message<DataError>(
      [&] {
        const DataSplits data = load(files, text);
        for (int64_t i = 0; i < data.train->size(); ++i) sample(data, i);
      },
      parts);
}

TEST(Manifest, SaysWhatIsWrongWithTheFiles) {
  const std::string lanes = "type = \"segmentation\"\nfile = \"lanes/{id}.png\"\n";
  const std::string weather = "type = \"classification\"\ncsv = \"tags.csv\"\ncolumn = \"weather\"\n";
  const std::string listed(ManifestFolder::kDataset);
  expect_damaged(with_task(lanes + "classes = 3\n"), {"/lanes/", "holds the class 255", "Set `ignore = 255`"});
  expect_damaged(with_task("type = \"depth\"\nfile = \"none/{id}.png\"\n"),
                 {"road.toml:6: task[0].file: none of the 8 training samples has a file", "/none/"});
  expect_damaged(with_task("type = \"depth\"\nfile = \"normal/{id}.npy\"\n"), {"has 3 channels, depth has 1"});
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + lanes + "classes = 3\nignore = 255\n",
                 {"lanes/00.png", "not a readable NumPy file"}, "lanes/00.png",
                 encode_npy(at::full({4, 6}, 0.5F)).substr(0, 30));
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + lanes + "classes = 3\nignore = 255\n",
                 {"lanes/00.png: classes must be whole numbers, one is off by 0.5"}, "lanes/00.png",
                 encode_npy(at::full({4, 6}, 0.5F)));
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + weather, {"/rgb/00.png: its shape is [2, 2, 2, 2]"},
                 "rgb/00.png", encode_npy(at::zeros({2, 2, 2, 2})));
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + weather, {"test.txt:2: \"00\" stands in", "train.txt:1 too"},
                 "test.txt", "08\n00\n");
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + weather,
                 {"test.txt:2: the id \"../../00\" would lead out of the data's folder"}, "test.txt", "08\n../../00\n");
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + weather, {"0 for the test: each part needs one"}, "test.txt",
                 "");
  expect_damaged(listed + "[[task]]\nname = \"a\"\n" + weather + "names = [\"sun\", \"snow\"]\n",
                 {"tags.csv:2: weather = \"rain\", no class of task \"a\"", "Its names are sun, snow"});
  expect_damaged(with_task("type = \"classification\"\ncsv = \"tags.csv\"\ncolumn = \"temperature\"\nclasses = 3\n"),
                 {"tags.csv:", "temperature = ", "needs whole numbers 0 ... 2"});
  expect_damaged(with_task(weather), {"tags.csv:3: \"00\" stands in line 2 too"}, "tags.csv",
                 "name,weather\n00,sun\n00,rain\n");
  expect_damaged(with_task(weather), {"column weather holds 1 class, a task needs two"}, "tags.csv",
                 "name,weather\n00,sun\n");
  expect_damaged(with_task(weather), {"none of the 8 training samples has a value"}, "tags.csv",
                 "name,weather\nx,sun\ny,rain\n");
  expect_damaged(kCars, {"cars.csv:2: power = \"\", an input must be a number"}, "cars.csv",
                 "weight,power,consumption,kind\n1,,3,a\n2,2,4,b\n3,3,5,c\n");
  expect_damaged(
      "[dataset]\ntable = \"cars.csv\"\ninputs = [\"power\"]\nsplit.train = \"train.txt\"\nsplit.test = "
      "\"test.txt\"\n[[task]]\nname = \"c\"\ntype = \"regression\"\ncolumn = \"consumption\"\n",
      {"none of the 5 training samples has a value"});
}

TEST(Manifest, SaysThatItIsNotThere) {
  test::expect_message<DataError>([] { read_manifest("none.toml", ""); }, "none.toml: no such manifest");
}

}  // namespace
}  // namespace reconcile
