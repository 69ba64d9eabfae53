#include "fuzz/look.h"
#include "reconcile/base/config.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/base/text.h"
#include "reconcile/catalog/experiment.h"
#include "reconcile/catalog/method.h"
#include "reconcile/data/manifest_load.h"
#include "unit/data/manifest_files.h"

namespace reconcile::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToml = R"(name = "a" # comment
seeds = [0, 1]
[train]
epochs = 3
lr = 1e-3
"quoted key" = 'text'
[data.inner]
x = { y = [[1, 2], []], z = true }
[[expected]]
source = """
long"""
values = { delta_m = -0.3 }
)";

Target toml_target() {
  return {"toml",
          {kToml, "a.b.c = 1\n[x.y]\nz = inf\n[[l]]\n[[l.m]]\nd = 0x1F\n"},
          as_it_is,
          [](const std::string&, const Path& path) {
            const Config config = Config::from_file(path);
            for (const auto& item : config.values().items()) (void)config.where("")(item.key());
            (void)to_toml(config.values());
          },
          true,
          {"a = 1979-05-27T07:32:00Z\n"}};
}

/// One `--set` a line.
Target set_target() {
  return {"set",
          {"train.epochs=3\noptimizer.lr=1e-3", "method=cagrad(c=0.4)\nseeds=[0,1]"},
          as_it_is,
          [](const std::string& bytes, const Path&) {
            Config config;
            for (const auto& line : split(bytes, '\n')) config.set(line);
            for (const auto& item : config.values().items()) (void)config.where("")(item.key());
            (void)to_toml(config.values());
            (void)read_experiment(config);
          },
          false,
          {"a={\"b\": [1, 2]}\na.b.c=x"}};
}

Target method_target() {
  return {"method",
          {"cagrad(c=0.4)", "uw + pcgrad", "moco(beta=0.1, gamma=0.5)", "sum"},
          as_it_is,
          [](const std::string& bytes, const Path&) {
            const Spec spec = Spec::parse(bytes);
            (void)Spec::parse(spec.text());
            for (const char* scope : {"all", "layer"}) (void)make_method(bytes, 3, scope);
          }};
}

Target experiment_target() {
  Target target{"experiment",
                {},
                as_it_is,
                [](const std::string&, const Path& path) {
                  const Experiment experiment = read_experiment(Config::from_file(path));
                  (void)to_toml(experiment.resolved());
                },
                true};
  for (const char* name : {"glyphs", "rooms", "office-31", "pascal-context", "nyuv2"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(RECONCILE_SOURCE_DIR) / "experiments" / name)) {
      if (entry.path().extension() == ".toml") target.seeds.push_back(read_file(entry.path()));
    }
  }
  return target;
}

/// Reads a manifest in a folder that has all that the seeds name.
void load(const std::string& bytes) {
  static const testing::ManifestFolder files;
  const Manifest manifest = read_manifest(files.manifest(bytes), "");
  const auto is_large = [](int64_t side) { return side > 64; };
  if (std::any_of(manifest.size.begin(), manifest.size.end(), is_large)) return;
  (void)manifest_input_shape(manifest);
  const DataSplits data = load_manifest(manifest);
  const Batch batch = data.train->batch(std::vector<int64_t>{0});
  for (const auto& target : batch.targets) look_at(target);
}

Target manifest_target() {
  const std::string dataset = testing::ManifestFolder::kDataset;
  return {"manifest",
          {dataset + "size = [2, 3]\n[[task]]\nname = \"lanes\"\ntype = \"segmentation\"\nfile = \"lanes/{id}.png\"\n"
                     "classes = 3\nignore = 255\n[[task]]\nname = \"weather\"\ntype = \"classification\"\n"
                     "csv = \"tags.csv\"\ncolumn = \"weather\"\n",
           dataset + "[[task]]\nname = \"range\"\ntype = \"depth\"\nfile = \"range/{id}.png\"\ninvalid = 0\n"
                     "scale = 0.001\n[[task]]\nname = \"n\"\ntype = \"normals\"\nfile = \"normal/{id}.npy\"\n",
           "[dataset]\ntable = \"tags.csv\"\ninputs = [\"a\", \"temperature\"]\nstandardise = true\nid = \"name\"\n"
           "split.shares = [0.6, 0.2, 0.2]\nsplit.seed = 3\n[[task]]\nname = \"b\"\ntype = \"regression\"\n"
           "columns = [\"temperature\"]\ninvalid = -99\nstandardise = true\n"},
          as_it_is,
          [](const std::string& bytes, const Path&) { load(bytes); }};
}

}  // namespace

std::vector<Target> config_targets() {
  return {toml_target(), set_target(), method_target(), experiment_target(), manifest_target()};
}

}  // namespace reconcile::fuzz
