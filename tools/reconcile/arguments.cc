#include "reconcile/arguments.h"

#include <ATen/Parallel.h>

#include <thread>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "reconcile/train/device.h"

namespace reconcile::tool {
namespace fs = std::filesystem;
namespace {

/// Path and values of the first key in which two configurations differ, or "".
std::string first_difference(const Json& old_values, const Json& new_values, const std::string& prefix = "") {
  for (const auto& [key, value] : new_values.items()) {
    const std::string path = prefix + key;
    const Json before = old_values.contains(key) ? old_values.at(key) : Json(nullptr);
    if (value.is_object() && before.is_object()) {
      std::string inner = first_difference(before, value, path + ".");
      if (!inner.empty()) return inner;
    } else if (before != value) {
      return fmt::format("{} was {} and is now {}", path, before.dump(), value.dump());
    }
  }
  return "";
}

}  // namespace

void ExperimentArguments::add_to(CLI::App& verb) {
  verb.add_option("experiment", file, "experiment file, or manifest of own data (TOML); may be left out with --set");
  verb.add_option("--set", sets, "override one key: --set train.epochs=3 (may be repeated)")->allow_extra_args(false);
}

Config ExperimentArguments::config() const {
  if (file.empty() && sets.empty()) {
    fail<InvalidArgument>("name an experiment file or a manifest, or set what differs: --set data.name=glyphs.");
  }
  Config config = file.empty() ? Config() : Config::from_file(file);
  if (config.values().contains("dataset")) {
    config = Config();
    config.set("data.name=files");
    config.set("optimizer.name=adam");
    config.set("optimizer.lr=0.001");
    config.set(fmt::format("data.manifest={}", Json(file).dump()));
  }
  for (const auto& assignment : sets) config.set(assignment);
  return config;
}

Experiment ExperimentArguments::read() const {
  Experiment experiment = read_experiment(config());
  const auto cores = static_cast<int64_t>(std::thread::hardware_concurrency());
  at::set_num_threads(static_cast<int>(experiment.threads > 0 ? experiment.threads : std::max<int64_t>(cores, 1)));
  return experiment;
}

std::string ExperimentArguments::text() const {
  std::vector<std::string> words;
  if (!file.empty()) words.push_back(file);
  for (const auto& set : sets) words.push_back(fmt::format("--set {}", set));
  return fmt::format("{}", fmt::join(words, " "));
}

void OutputArguments::add_to(CLI::App& verb) {
  verb.add_option("--out", directory, "folder of this run")->required();
  verb.add_flag("--resume", resume, "go on with the run in the folder");
}

void OutputArguments::prepare(const Experiment& experiment) const {
  parse_device(experiment.train.device, [](const std::string& key) { return "train." + key; });
  make_folder(directory);
  const fs::path config = fs::path(directory) / "config.toml";
  if (fs::exists(config)) {
    if (!resume) {
      fail<StateError>("{}: holds a run already. Go on with --resume, or choose another folder with --out.", directory);
    }
    const auto difference =
        first_difference(read_experiment(Config::of_run(directory)).resolved(), experiment.resolved());
    if (!difference.empty()) {
      fail<StateError>("{}: the run in it was another one: {}. Choose another folder, or undo the change.", directory,
                       difference);
    }
    return;
  }
  write_atomically(config, to_sealed_toml(experiment.resolved()));
}

void print(const Json& json) { fmt::print("{}\n", json.dump(2)); }

}  // namespace reconcile::tool
