#include "reconcile/catalog/experiment.h"

#include <set>

#include "reconcile/base/error.h"
#include "reconcile/catalog/method.h"
#include "reconcile/catalog/sections.h"
#include "reconcile/train/tuning.h"

namespace reconcile {
namespace {

/// The keys of a section without `name`, and the name; `standard` with these keys where none is given.
Spec named_section(const Config& config, const std::string& section, const Spec& standard) {
  Json values = config.table(section);
  Spec spec = values.contains("name") ? Spec{"", Json::object()} : standard;
  for (const auto& [key, value] : values.items()) {
    if (key != "name") {
      spec.options[key] = value;
    } else if (value.is_string()) {
      spec.name = value.get<std::string>();
    } else {
      fail<InvalidArgument>("{} = {}, must be a text.", config.where(section)(key), value.dump());
    }
  }
  return spec;
}

/// Runs f; what it says of a wrong name or option is preceded by the place of the key.
template <class F>
decltype(auto) placed(const std::string& where, F f) {
  try {
    return f();
  } catch (const InvalidArgument& error) {
    fail<InvalidArgument>("{}: {}", where, error.what());
  }
}

/// The spec with all options filled in by the entry that its name finds; messages carry the place of the key.
template <class EntryType>
Spec complete(const Config& config, const std::string& section, const std::vector<EntryType>& entries,
              const std::string& kind, Spec spec) {
  const auto& entry =
      placed(config.where(section)("name"), [&]() -> const EntryType& { return find(entries, kind, spec.name); });
  spec.options = entry.resolve(spec.options, config.where(section));
  return spec;
}

/// Throws unless the text names a method with good options for so many tasks, that can do what [step] asks for.
void check_method(const Config& config, const Experiment& experiment, const std::string& text, const std::string& where,
                  int64_t num_tasks) {
  const Method method = placed(where, [&] { return make_method(text, num_tasks, experiment.step.scope); });
  placed(where, [&] { check_step(experiment.step, *method.aggregator, config.where("step")); });
}

/// Throws if conflicts are to be recorded, and no gradients of parameters are there to record.
void check_recording(const Config& config, const Experiment& experiment) {
  if (experiment.conflict.record && experiment.step.gradient != "parameters") {
    fail<InvalidArgument>(
        "{} = \"{}\", but conflicts are recorded from gradients of the parameters. Set conflict.record = false.",
        config.where("step")("gradient"), experiment.step.gradient);
  }
}

/// Throws if passes are to be recorded where nothing can be.
void check_capture(const Config& config, const Experiment& experiment) {
  if (experiment.step.capture && experiment.train.device == "cpu") {
    fail<InvalidArgument>("{} = true, but train.device = \"cpu\". Set one of them otherwise.",
                          config.where("step")("capture"));
  }
}

/// Throws if there are rotations and no gradients of the representation to align them with.
void check_rotation(const Config& config, const Experiment& experiment) {
  if (experiment.heads.rotation > 0 && experiment.step.gradient != "representation") {
    fail<InvalidArgument>(
        "{} = {}, but rotations learn from gradients of the representation. Set step.gradient = \"representation\".",
        config.where("heads")("rotation"), experiment.heads.rotation);
  }
}

/// Throws unless the window of scored epochs lies inside the search run: found now, not when the search has ended.
void check_window(const Config& config, const SearchOptions& search) {
  const int64_t last = search.last_epoch == 0 ? search.epochs : search.last_epoch;
  if (search.first_epoch > last || last > search.epochs) {
    fail<InvalidArgument>(
        "{} = {} and last_epoch = {}: epochs {} ... {} do not lie inside the search run of {} epochs.",
        config.where("search")("first_epoch"), search.first_epoch, search.last_epoch, search.first_epoch, last,
        search.epochs);
  }
}

/// Throws unless 0 and every threshold in use are in the grid.
void check_thresholds(const Experiment& experiment) {
  const auto& grid = experiment.conflict.thresholds;
  for (const double S : {0.0, experiment.conflict.severe, experiment.search.threshold}) {
    if (std::find(grid.begin(), grid.end(), S) == grid.end()) {
      fail<InvalidArgument>(
          "conflict.thresholds has no {}, which conflict.severe, search.threshold or the share of conflicts "
          "needs. Add it to the list.",
          S);
    }
  }
}

/// What [backbone] is where nobody names it: a row of a table has no neighbours to convolve with, and predictions for
/// each pixel need a backbone that ends in a map.
Spec standard_backbone(const DataSignature& data) {
  if (data.input_shape[1] * data.input_shape[2] == 1) return {"mlp", Json::object()};
  const auto dense = [](const Task& task) { return is_dense(task.kind); };
  const bool needs_map = std::any_of(data.tasks.begin(), data.tasks.end(), dense);
  return {"small_cnn", needs_map ? Json{{"features", 0}} : Json::object()};
}

ModelContext model_context(const Experiment& experiment, const DataSignature& data, int64_t seed) {
  const auto& backbone = find(backbones(), "backbone", experiment.backbone.name);
  return {
      .tasks = data.tasks,
      .input_shape = data.input_shape,
      .rng = Rng(static_cast<uint64_t>(seed)).fork("model"),
      .backbone =
          [&backbone, options = experiment.backbone.options](const LayerScope& scope,
                                                             const std::vector<int64_t>& shape) {
            return backbone.make(options, entry_where("backbone", backbone.info.name), scope, shape);
          },
      .dense_head = experiment.heads.dense,
      .head = [](const std::string& name, const HeadShape& shape,
                 const LayerScope& scope) { return find(heads(), "head", name).make(shape, scope); },
      .rotation = data.tasks.size() == 1 ? 0 : experiment.heads.rotation,
  };
}

}  // namespace

std::string Experiment::network_name() const {
  return architecture.name == "hps" ? backbone.name : fmt::format("{} on {}", architecture.name, backbone.name);
}

Json Experiment::resolved() const {
  Json result = root_options().values(*this);
  const auto section = [](const Spec& spec) {
    Json table{{"name", spec.name}};
    table.update(spec.options);
    return table;
  };
  result["data"] = section(data);
  result["transform"] = transform_options().values(transform);
  result["backbone"] = section(backbone);
  result["architecture"] = section(architecture);
  result["heads"] = head_options().values(heads);
  result["weights"] = weight_options().values(weights);
  result["train"] = train_options().values(train);
  result["step"] = step_options().values(step);
  result["optimizer"] = optimizer_options().values(optimizer);
  result["schedule"] = schedule_options().values(schedule);
  result["conflict"] = conflict_options().values(conflict);
  result["search"] = search_options().values(search);
  result["split"] = split_options().values(split);
  result["compare"] = compare_options().values(compare);
  result["branching"] = branching_options().values(branching);
  if (!expected.empty()) result["expected"] = to_json(expected);
  return result;
}

Experiment read_experiment(const Config& config) {
  static const std::set<std::string> sections = {"data",     "transform", "backbone", "architecture", "heads",
                                                 "weights",  "train",     "step",     "optimizer",    "schedule",
                                                 "conflict", "search",    "split",    "branching",    "compare"};
  Json root = Json::object();
  for (const auto& [key, value] : config.values().items()) {
    if (sections.contains(key) || key == "expected") continue;
    const std::string section = nearest(key, {sections.begin(), sections.end()});
    if (value.is_object()) {
      fail<InvalidArgument>("{}: unknown section.{} Known: {}.", config.where("")(key),
                            section.empty() ? "" : fmt::format(" Did you mean [{}]?", section),
                            fmt::join(sections, ", "));
    }
    root[key] = value;
  }
  const auto read = [&config](const auto& table, const std::string& section) {
    return table.parse(config.table(section), config.where(section));
  };
  Experiment experiment = root_options().parse(root, config.where(""));
  experiment.origins = config.origins();
  experiment.data =
      complete(config, "data", datasets(), "dataset", named_section(config, "data", {"glyphs", Json::object()}));
  const DataSignature data = data_signature(experiment);
  experiment.transform = read(transform_options(), "transform");
  check_transform(experiment.transform, data.input_shape, config.where("transform"));
  experiment.backbone =
      complete(config, "backbone", backbones(), "backbone", named_section(config, "backbone", standard_backbone(data)));
  experiment.architecture = complete(config, "architecture", architectures(), "architecture",
                                     named_section(config, "architecture", {"hps", Json::object()}));
  experiment.heads = read(head_options(), "heads");
  experiment.weights = read(weight_options(), "weights");
  experiment.train = read(train_options(), "train");
  experiment.step = read(step_options(), "step");
  experiment.optimizer = read(optimizer_options(), "optimizer");
  experiment.schedule = read(schedule_options(), "schedule");
  experiment.conflict = read(conflict_options(), "conflict");
  experiment.search = read(search_options(), "search");
  experiment.split = read(split_options(), "split");
  experiment.compare = read(compare_options(), "compare");
  experiment.branching = read(branching_options(), "branching");
  if (!experiment.heads.dense.empty()) {
    placed(config.where("heads")("dense"), [&] { find(heads(), "head", experiment.heads.dense); });
  }
  const int64_t num_tasks = std::ssize(data.tasks);
  check_method(config, experiment, experiment.method, config.where("")("method"),
               experiment.task.empty() ? num_tasks : 1);
  check_method(config, experiment, experiment.search.method, config.where("search")("method"), num_tasks);
  for (const auto& method : experiment.compare.methods) {
    check_method(config, experiment, method, config.where("compare")("methods"), num_tasks);
  }
  experiment.expected = read_expected(config, data.tasks);
  for (size_t i = 0; i < experiment.expected.size(); ++i) {
    const std::string& method = experiment.expected[i].method;
    const std::string where = config.where(fmt::format("expected[{}]", i))("method");
    if (!method.empty()) placed(where, [&] { make_method(method, num_tasks, experiment.step.scope); });
  }
  check_recording(config, experiment);
  check_capture(config, experiment);
  check_arithmetic(experiment.train.layout, experiment.train.precision, config.where("train"));
  check_rotation(config, experiment);
  if (experiment.seeds.empty())
    fail<InvalidArgument>("{} = [], must name at least one seed.", config.where("")("seeds"));
  check_window(config, experiment.search);
  check_thresholds(experiment);
  return experiment;
}

DataSplits load_data(const Experiment& experiment, const std::string& task) {
  const auto& entry = find(datasets(), "dataset", experiment.data.name);
  DataSplits splits = entry.make(experiment.data.options, entry_where("dataset", experiment.data.name));
  if (!task.empty()) splits = only_task(std::move(splits), task);
  for (auto part : {&DataSplits::train, &DataSplits::validation, &DataSplits::test}) {
    splits.*part = transformed(splits.*part, experiment.transform, part == &DataSplits::train);
  }
  return splits;
}

DataSignature data_signature(const Experiment& experiment) {
  const auto& entry = find(datasets(), "dataset", experiment.data.name);
  return entry.signature(experiment.data.options, entry_where("dataset", experiment.data.name));
}

std::unique_ptr<MultiTaskModel> make_model(const Experiment& experiment, const DataSignature& data, int64_t seed) {
  const Spec architecture = data.tasks.size() == 1 ? Spec{"hps"} : experiment.architecture;
  return find(architectures(), "architecture", architecture.name)
      .make(architecture.options, entry_where("architecture", architecture.name),
            model_context(experiment, data, seed));
}

std::unique_ptr<BranchingModel> make_branching_model(const Experiment& experiment, const DataSignature& data,
                                                     int64_t seed) {
  return std::make_unique<BranchingModel>(model_context(experiment, data, seed));
}

Json describe_experiment() {
  return {{"", root_options().describe()},
          {"transform", transform_options().describe()},
          {"heads", head_options().describe()},
          {"weights", weight_options().describe()},
          {"train", train_options().describe()},
          {"step", step_options().describe()},
          {"optimizer", optimizer_options().describe()},
          {"schedule", schedule_options().describe()},
          {"conflict", conflict_options().describe()},
          {"search", search_options().describe()},
          {"split", split_options().describe()},
          {"compare", compare_options().describe()},
          {"branching", branching_options().describe()},
          {"expected", describe_expected()}};
}

}  // namespace reconcile
