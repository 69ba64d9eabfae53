#include <fstream>

#include "fuzz/look.h"
#include "reconcile/base/file.h"
#include "reconcile/base/json_lines.h"
#include "reconcile/conflict/ranking.h"
#include "reconcile/convert/plan.h"
#include "reconcile/report/records.h"
#include "reconcile/train/checkpoint.h"
#include "unit/convert/networks.h"

namespace reconcile::fuzz {
namespace {

namespace fs = std::filesystem;

/// A real run's file of tests/data/report.
std::string report_data(const std::string& name) {
  return read_file(fs::path(RECONCILE_SOURCE_DIR) / "tests/data/report" / name);
}

/// A folder beside `path` that holds the bytes as the file `name`.
Path folder_with(const Path& path, const std::string& name, const std::string& bytes) {
  const Path folder = path.parent_path() / "folder";
  fs::create_directories(folder);
  fs::remove(folder / name);
  std::ofstream(folder / name, std::ios::binary) << bytes;
  return folder;
}

Target ranking_target() {
  return {"ranking",
          {R"({"conv1": 3, "fc": 0})",
           R"({"format": "reconcile-ranking", "version": 1, "tasks": ["a", "b", "c"], "layers":
               [{"name": "conv1", "score": 5, "cosines": [0.5, -0.25, 0]}, {"name": "fc", "score": 0, "cosines": [1, 1, 1]}]})"},
          as_it_is,
          [](const std::string&, const Path& path) {
            const LayerRanking ranking = read_ranking(path);
            (void)ranking_to_json(ranking, Json::object()).dump();
            (void)ranking_distance(ranking, ranking);
          },
          true};
}

Target plan_target() {
  const auto read = [](const std::string&, const Path& path) {
    static const auto model = make_network("small_cnn", 3);
    const SplitPlan plan = read_plan(path, *model);
    (void)added_parameters(plan, *model);
    (void)plan_to_json(combine(plan, plan), model->task_names()).dump();
  };
  return {"plan",
          {R"json({"format": "reconcile-plan", "version": 1, "rule": "top_k(k=1)", "layers":
               [{"name": "fc", "groups": [["T1", "T2"], ["T3"]]}, {"name": "block1.bn", "groups": [["T1"], ["T2"], ["T3"]]}]})json"},
          as_it_is,
          read,
          true};
}

/// A run.jsonl, as scores and reports read it.
Target run_target() {
  return {"run",
          {report_data("pipeline/search/run.jsonl")},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            const Path folder = folder_with(path, "run.jsonl", bytes);
            (void)report::read_run_log(folder);
            const LayerRanking ranking = rank_layers(read_json_lines(folder / "run.jsonl"), 0, {});
            (void)ranking_to_json(ranking, Json::object()).dump();
          },
          false,
          {report_data("pipeline/single-T2/seed-0/run.jsonl")}};
}

Target summary_target() {
  return {"summary", {report_data("pipeline/summary.json")}, as_it_is, [](const std::string& bytes, const Path& path) {
            (void)report::read_pipeline(folder_with(path, "summary.json", bytes));
          }};
}

/// The manifest of a checkpoint whose tensors are whole.
Target checkpoint_target() {
  const auto read = [](const std::string& bytes, const Path& path) {
    static const Path folder = path.parent_path() / "checkpoints";
    static const bool is_there = [] {
      const NamedTensors some = {{"a", ramp({2, 3}).to(at::kFloat)}};
      save_checkpoint(folder, {3, {{"epoch", 1}}, some, some, {}});
      return true;
    }();
    (void)is_there;
    std::ofstream(folder / "step-00000003/manifest.json", std::ios::binary) << bytes;
    const auto checkpoint = load_checkpoint(folder, [](const std::string&) {});
    look_at(checkpoint->model);
    (void)checkpoint->state.dump();
  };
  const std::string crc = checksum(encode_safetensors({{"a", ramp({2, 3}).to(at::kFloat)}}));
  const Json manifest{
      {"format", "reconcile-checkpoint"},
      {"version", 1},
      {"step", 3},
      {"files", {{"model.safetensors", crc}, {"optimizer.safetensors", crc}, {"method.safetensors", "?"}}},
      {"state", {{"epoch", 1}, {"streams", {{"shuffle", 7}}}}}};
  Json good = manifest;
  good["files"]["method.safetensors"] = checksum(encode_safetensors({}));
  return {"checkpoint", {good.dump(1)}, as_it_is, read, false, {manifest.dump()}};
}

}  // namespace

std::vector<Target> record_targets() {
  return {ranking_target(), plan_target(), run_target(), summary_target(), checkpoint_target()};
}

}  // namespace reconcile::fuzz
