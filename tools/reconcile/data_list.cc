#include "reconcile/arguments.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/data/sources.h"
#include "reconcile/data_verbs.h"

namespace reconcile::tool {
namespace {

/// Where the files of a data set are: "none needed", "yours", "not found" or a path.
std::string files_of(const DatasetEntry& entry) {
  const auto asks_for = [&](const std::string& option) {
    return std::any_of(entry.options.begin(), entry.options.end(),
                       [&](const Json& row) { return row.at("name") == option; });
  };
  if (asks_for("manifest") || asks_for("file")) return "yours";
  if (!entry.find) return asks_for("root") ? "yours" : "none needed";
  try {
    return entry.find(Json::object(), entry_where("dataset", entry.info.name)).string();
  } catch (const DataError&) {
    return "not found";
  }
}

void list_data(bool json) {
  Json sets = Json::array();
  for (const auto& entry : datasets()) {
    sets.push_back({{"name", entry.info.name},
                    {"files", files_of(entry)},
                    {"title", entry.info.title},
                    {"reference", entry.info.reference},
                    {"make", static_cast<bool>(entry.write)}});
  }
  Json sources = Json::array();
  for (const auto& source : data_sources()) {
    sources.push_back({{"name", source.name},
                       {"title", source.title},
                       {"terms", source.terms},
                       {"page", source.page},
                       {"by_hand", source.files.empty()}});
  }
  if (json) return print({{"datasets", sets}, {"sources", sources}});
  fmt::print("{:<20} {:<38} {}\n", "data set", "files", "what it is");
  for (const auto& set : sets) {
    fmt::print("{:<20} {:<38} {}\n", set.at("name").get<std::string>(), set.at("files").get<std::string>(),
               set.at("title").get<std::string>());
  }
  fmt::print("\n{:<20} {:<38} {}\n", "to fetch", "terms", "what it is");
  for (const auto& source : data_sources()) {
    fmt::print("{:<20} {:<38} {}\n", source.name, source.files.empty() ? "by hand, see the page" : source.terms,
               source.title);
  }
}

}  // namespace

void add_data_list(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("list", "data sets, where their files were found, and what can be fetched");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "one JSON document on stdout");
  verb->callback([json] { list_data(*json); });
}

}  // namespace reconcile::tool
