#include "reconcile/arguments.h"
#include "reconcile/base/error.h"
#include "reconcile/base/text.h"
#include "reconcile/data/sources.h"
#include "reconcile/data_verbs.h"
#include "reconcile/progress.h"

namespace reconcile::tool {
namespace {

struct DataFetchArguments {
  std::string name;
  std::string to = "data";
  std::string from;
};

const DataSource& find_source(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& source : data_sources()) {
    if (source.name == name) return source;
    names.push_back(source.name);
  }
  fail<InvalidArgument>("nothing to fetch is called \"{}\".{} There are {}.", name, did_you_mean(name, names),
                        fmt::join(names, ", "));
}

void fetch_data(const DataFetchArguments& arguments) {
  const DataSource& source = find_source(arguments.name);
  if (!source.files.empty() || !arguments.from.empty()) {
    say(fmt::format("{}: {}. Terms: {} ({})", source.name, source.title, source.terms, source.page));
  }
  fmt::print("{}\n", fetch_source(source, arguments.to, arguments.from).string());
  say(fmt::format("Data sets find it with $RECONCILE_DATA={} or data.root.", arguments.to));
}

}  // namespace

void add_data_fetch(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("fetch", "download files of a data set and check them");
  auto arguments = std::make_shared<DataFetchArguments>();
  verb->add_option("name", arguments->name, "as `reconcile data list` shows")->required();
  verb->add_option("--to", arguments->to, "folder of the data sets")->capture_default_str();
  verb->add_option("--from", arguments->from, "a mirror (address or folder), or an archive that you downloaded");
  verb->callback([arguments] { fetch_data(*arguments); });
}

}  // namespace reconcile::tool
