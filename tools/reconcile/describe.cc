#include "reconcile/arguments.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/commands.h"
#include "reconcile/convert/plan.h"

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

Json everything() {
  Json all = Json::array();
  append(all, "aggregator", aggregators());
  append(all, "model", models());
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

void show(const Json& entry) {
  fmt::print("{} ({})\n{}\n", entry.at("name").get<std::string>(), entry.at("kind").get<std::string>(),
             entry.at("title").get<std::string>());
  if (const auto reference = entry.at("reference").get<std::string>(); !reference.empty())
    fmt::print("{}\n", reference);
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
  struct Arguments {
    std::string name;
    bool json = false;
  };
  CLI::App* verb =
      app.add_subcommand("describe", "options, defaults and source of a method, model, data set, rule or section");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("name", arguments->name, "e.g. cagrad, resnet18, train; nothing describes everything");
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { describe(arguments->name, arguments->json); });
}

}  // namespace reconcile::tool
