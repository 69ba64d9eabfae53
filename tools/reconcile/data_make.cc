#include "reconcile/arguments.h"
#include "reconcile/base/config.h"
#include "reconcile/base/error.h"
#include "reconcile/catalog/catalog.h"
#include "reconcile/data_verbs.h"

namespace reconcile::tool {
namespace {

struct DataMakeArguments {
  std::string name;
  std::string out;
  std::vector<std::string> sets;
};

void make_data(const DataMakeArguments& arguments) {
  const DatasetEntry& entry = find(datasets(), "dataset", arguments.name);
  if (!entry.write) {
    std::vector<std::string> names;
    for (const auto& other : datasets()) {
      if (other.write) names.push_back(other.info.name);
    }
    fail<InvalidArgument>("data set \"{}\" cannot be written to files; these can: {}.", arguments.name,
                          fmt::join(names, ", "));
  }
  Config config;
  for (const auto& assignment : arguments.sets) config.set(assignment);
  entry.write(config.table("data"), config.where("data"), arguments.out);
  fmt::print("{}\n", arguments.out);
}

}  // namespace

void add_data_make(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("make", "write an embedded data set to files, in the layout of its benchmark");
  auto arguments = std::make_shared<DataMakeArguments>();
  verb->add_option("name", arguments->name, "a data set that needs no files")->required();
  verb->add_option("--out", arguments->out, "new or empty folder")->required();
  verb->add_option("--set", arguments->sets, "one of its options: --set data.seed=3 (may be repeated)")
      ->allow_extra_args(false);
  verb->callback([arguments] { make_data(*arguments); });
}

}  // namespace reconcile::tool
