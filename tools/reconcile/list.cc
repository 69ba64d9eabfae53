#include "reconcile/arguments.h"
#include "reconcile/catalog/method.h"
#include "reconcile/commands.h"
#include "reconcile/convert/rules.h"

namespace reconcile::tool {
namespace {

template <class EntryType>
Json rows(const std::vector<EntryType>& entries) {
  Json result = Json::array();
  for (const auto& entry : entries) {
    result.push_back({{"name", entry.info.name}, {"title", entry.info.title}, {"reference", entry.info.reference}});
  }
  return result;
}

void list(const std::string& kind, bool json) {
  const Json catalogues{{"scalarizers", rows(scalarizers())},
                        {"aggregators", rows(aggregators())},
                        {"compositions", rows(compositions())},
                        {"backbones", rows(backbones())},
                        {"heads", rows(heads())},
                        {"architectures", rows(architectures())},
                        {"datasets", rows(datasets())},
                        {"rules", rows(plan_rules())}};
  const Json chosen = kind.empty() ? catalogues : Json{{kind, catalogues.at(kind)}};
  if (json) return print(chosen);
  for (const auto& [name, entries] : chosen.items()) {
    fmt::print("{}\n", name);
    for (const auto& entry : entries) {
      fmt::print("  {:<20} {}\n", entry.at("name").get<std::string>(), entry.at("title").get<std::string>());
    }
  }
}

}  // namespace

void add_list(CLI::App& app) {
  struct ListArguments {
    std::string kind;
    bool json = false;
  };
  CLI::App* verb = app.add_subcommand("list",
                                      "what there is: scalarizers, aggregators, compositions of both, backbones, "
                                      "heads, architectures, datasets, rules");
  auto arguments = std::make_shared<ListArguments>();
  verb->add_option("kind", arguments->kind, "only these")
      ->check(CLI::IsMember(
          {"scalarizers", "aggregators", "compositions", "backbones", "heads", "architectures", "datasets", "rules"}));
  verb->add_flag("--json", arguments->json, "one JSON document on stdout");
  verb->callback([arguments] { list(arguments->kind, arguments->json); });
}

}  // namespace reconcile::tool
