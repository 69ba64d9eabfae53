// Rows of numbers with ten targets: some share what they depend on, some are each other's opposite, some stand alone.
// docs/guide/embedded-data.md describes them.

#include "reconcile/draw/table.h"

#include <ATen/ATen.h>

#include "reconcile/data/generated.h"
#include "reconcile/data/write_folder.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kTableVersion = 1;  // raise it when the same seed gives other bytes

struct TableOptions {
  int64_t seed = 0;
  double missing = 0;
  int64_t train_samples = 2000;
  int64_t validation_samples = 500;
  int64_t test_samples = 1000;
};

DataSignature table_signature(const TableOptions& /*options*/) {
  TaskSet tasks;
  for (const auto& name : target_names()) tasks.push_back({name, TaskKind::kRegression, 1});
  return {std::move(tasks), {static_cast<int64_t>(kTableFeatures), 1, 1}};
}

/// Features [N, 16] and targets [N, 10], NaN where unknown.
struct Rows {
  at::Tensor features;
  at::Tensor targets;
};

Rows draw_rows(const TableLaw& law, double missing, int64_t count, const Rng& stream) {
  Rows rows{at::empty({count, kTableFeatures}, at::kFloat), at::empty({count, kTableTargets}, at::kFloat)};
  float* features = rows.features.data_ptr<float>();
  float* targets = rows.targets.data_ptr<float>();
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    const std::span<float, kTableTargets> row(targets + i * std::ssize(target_names()), kTableTargets);
    law.draw_row(rng.fork("values"),
                 std::span<float, kTableFeatures>(features + i * std::ssize(feature_names()), kTableFeatures), row);
    Rng gaps = rng.fork("gaps");
    for (float& target : row) {
      if (gaps.uniform() < missing) target = std::numeric_limits<float>::quiet_NaN();
    }
  });
  return rows;
}

std::array<Rows, 3> draw_table(const TableOptions& options) {
  const Rng root = Rng(static_cast<uint64_t>(options.seed)).fork("table");
  const TableLaw law(root.fork("law"));
  const std::array counts = {options.train_samples, options.validation_samples, options.test_samples};
  std::array<Rows, 3> parts;
  for (size_t part = 0; part < parts.size(); ++part) {
    parts[part] = draw_rows(law, options.missing, counts[part], root.fork(kPartNames[part]));
  }
  return parts;
}

DataSplits load_table(const TableOptions& options) {
  const DataSignature data = table_signature(options);
  const auto parts = draw_table(options);
  return generate_splits(
      {{"generator", "table"}, {"version", kTableVersion}, {"seed", options.seed}, {"missing", options.missing}},
      Rng(0), [&](size_t part, const Rng& /*stream*/) -> GeneratedPart {
        const Rows& rows = parts[part];
        std::vector<at::Tensor> targets;
        for (int64_t t = 0; t < std::ssize(data.tasks); ++t)
          targets.push_back(rows.targets.narrow(1, t, 1).contiguous());
        const auto samples =
            std::make_shared<ImageSet>(data.tasks, rows.features.view({-1, kTableFeatures, 1, 1}), targets);
        return {samples, fingerprint(*samples)};
      });
}

/// A row of numbers that read back to the same floats; nothing where unknown.
std::string csv_row(int64_t id, const at::Tensor& features, const at::Tensor& targets) {
  std::string row = fmt::format("{}", id);
  for (const at::Tensor& values : {features, targets}) {
    const auto* numbers = values.data_ptr<float>();
    for (int64_t i = 0; i < values.size(0); ++i) {
      row += ',';
      if (!std::isnan(numbers[i])) row += fmt::format("{}", numbers[i]);
    }
  }
  return row + '\n';
}

std::string table_manifest() {
  std::string text = fmt::format(
      "# Made by reconcile's data set \"table\".\n[dataset]\ntable = \"table.csv\"\nid = \"id\"\ninputs = [\"{}\"]\n"
      "split.train = \"train.txt\"\nsplit.validation = \"validation.txt\"\nsplit.test = \"test.txt\"\n",
      fmt::join(feature_names(), "\", \""));
  for (const auto& name : target_names()) {
    text += fmt::format("\n[[task]]\nname = \"{0}\"\ntype = \"regression\"\ncolumn = \"{0}\"\n", name);
  }
  return text;
}

/// One CSV file with the rows of all parts, lists of the rows of each, and the manifest that explains them.
void write_table(const TableOptions& options, const std::filesystem::path& folder) {
  const auto parts = draw_table(options);
  write_folder(folder, [&](const std::filesystem::path& into) {
    std::string csv = fmt::format("id,{},{}\n", fmt::join(feature_names(), ","), fmt::join(target_names(), ","));
    int64_t id = 0;
    for (size_t part = 0; part < parts.size(); ++part) {
      std::string ids;
      for (int64_t i = 0; i < parts[part].features.size(0); ++i) {
        ids += fmt::format("{}\n", ++id);
        csv += csv_row(id, parts[part].features[i], parts[part].targets[i]);
      }
      write_new_file(into / fmt::format("{}.txt", kPartNames[part]), ids);
    }
    write_new_file(into / "table.csv", csv);
    write_new_file(into / "manifest.toml", table_manifest());
  });
}

}  // namespace

DatasetEntry table_entry() {
  using O = TableOptions;
  return dataset_entry<O>({"table", "Ten regression targets that share and fight; needs no files", "ours"},
                          {option("seed", &O::seed, at_least(0), "seed of the rows and of what they follow"),
                           option("missing", &O::missing, between(0, 0.9), "share of targets that are unknown"),
                           option("train_samples", &O::train_samples, at_least(1), "training rows"),
                           option("validation_samples", &O::validation_samples, at_least(1), "validation rows"),
                           option("test_samples", &O::test_samples, at_least(1), "test rows")},
                          load_table, table_signature, write_table);
}

}  // namespace reconcile::dataset_entries
