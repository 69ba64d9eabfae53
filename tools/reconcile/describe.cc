#include "reconcile/arguments.h"
#include "reconcile/catalog/method.h"
#include "reconcile/commands.h"
#include "reconcile/convert/rules.h"

namespace reconcile::tool {
namespace {

/// {kind, name, title, reference, options} of everything that has a name.
template <class EntryType>
void append(Json& all, const std::string& kind, const std::vector<EntryType>& entries) {
  for (const auto& entry : entries) {
    all.push_back({{"kind", kind},
                   {"name", entry.info.name},
                   {"title", entry.info.title},
                   {"reference", entry.info.reference},
                   {"options", entry.options}});
  }
}

using Laws = std::vector<std::pair<unsigned, const char*>>;
const Laws kScalarizerLaws{{kEquivariant, "permutation"},
                           {kScaleKeeping, "scale-free weights"},
                           {kMonotone, "no negative weight"},
                           {kUnitSum, "weights sum to 1"},
                           {kDerivative, "derivative"}};
const Laws kAggregatorLaws{
    {kPermutation, "permutation"}, {kHomogeneous, "homogeneity"}, {kNonConflict, "non-conflict"}};

/// The same of methods, with what they declare: {reduction, laws, random}.
template <class EntryType>
void append_methods(Json& all, const std::string& kind, const std::vector<EntryType>& entries, const Laws& laws) {
  const size_t first = all.size();
  append(all, kind, entries);
  for (size_t i = 0; i < entries.size(); ++i) {
    Json& row = all[first + i];
    row["reduction"] = entries[i].reduction == Reduction::kMean ? "mean" : "sum";
    row["laws"] = Json::array();
    for (const auto& [law, name] : laws) {
      if ((entries[i].laws & law) != 0) row["laws"].push_back(name);
    }
    row["random"] = entries[i].is_random;
  }
}

void append_compositions(Json& all) {
  for (const auto& composition : compositions()) {
    const auto& aggregator = find(aggregators(), "aggregator", composition.aggregator);
    all.push_back({{"kind", "composition"},
                   {"name", composition.info.name},
                   {"title", composition.info.title},
                   {"reference", composition.info.reference},
                   {"options", aggregator.options},
                   {"scalarizer", composition.scalarizer},
                   {"aggregator", composition.aggregator}});
  }
}

Json everything() {
  Json all = Json::array();
  append_methods(all, "scalarizer", scalarizers(), kScalarizerLaws);
  append_methods(all, "aggregator", aggregators(), kAggregatorLaws);
  append_compositions(all);
  append(all, "backbone", backbones());
  append(all, "architecture", architectures());
  append(all, "dataset", datasets());
  append(all, "rule", plan_rules());
  const Json sections = describe_experiment();
  for (const auto& [section, rows] : sections.items()) {
    const std::string name = section.empty() ? "experiment" : section;
    all.push_back({{"kind", "section"},
                   {"name", name},
                   {"title", section.empty() ? "keys at the top of an experiment file"
                                             : "section [" + name + "] of an experiment file"},
                   {"reference", ""},
                   {"options", rows}});
  }
  return all;
}

using Names = std::vector<std::string>;

void show(const Json& entry) {
  fmt::print("{} ({})\n{}\n", entry.at("name").get<std::string>(), entry.at("kind").get<std::string>(),
             entry.at("title").get<std::string>());
  if (const auto reference = entry.at("reference").get<std::string>(); !reference.empty())
    fmt::print("{}\n", reference);
  if (entry.contains("laws")) {
    fmt::print("reduction: {}; laws: {}{}\n", entry.at("reduction").get<std::string>(),
               entry.at("laws").empty() ? "none" : fmt::format("{}", fmt::join(entry.at("laws").get<Names>(), ", ")),
               entry.at("random").get<bool>() ? "; random" : "");
  }
  if (entry.contains("scalarizer")) {
    fmt::print("{} + {}\n", entry.at("scalarizer").get<std::string>(), entry.at("aggregator").get<std::string>());
  }
  for (const auto& option : entry.at("options")) {
    const auto rule = option.at("rule").get<std::string>();
    fmt::print("  {:<18} {} (default {}){}\n", option.at("name").get<std::string>(),
               option.at("help").get<std::string>(), option.at("default").dump(), rule.empty() ? "" : "; " + rule);
  }
}

void describe(const std::string& name, bool json) {
  std::vector<std::string> names;
  Json found = Json::array();
  for (const auto& entry : everything()) {
    names.push_back(entry.at("name").get<std::string>());
    if (name.empty() || names.back() == name) found.push_back(entry);
  }
  if (found.empty())
    fail<InvalidArgument>("nothing is called \"{}\".{} `reconcile list` shows all names.", name,
                          did_you_mean(name, names));
  if (json) return print(found);
  for (const auto& entry : found) show(entry);
}

}  // namespace

void add_describe(CLI::App& app) {
  struct DescribeArguments {
    std::string name;
    bool json = false;
  };
  CLI::App* verb =
      app.add_subcommand("describe", "options, defaults and source of a method, model, data set, rule or section");
  auto arguments = std::make_shared<DescribeArguments>();
  verb->add_option("name", arguments->name, "e.g. cagrad, resnet18, train; nothing describes everything");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { describe(arguments->name, arguments->json); });
}

}  // namespace reconcile::tool
