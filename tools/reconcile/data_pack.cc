#include "reconcile/arguments.h"
#include "reconcile/data/pack.h"
#include "reconcile/data_verbs.h"
#include "reconcile/progress.h"

namespace reconcile::tool {
namespace {

struct DataPackArguments {
  ExperimentArguments experiment;
  std::string out;
};

void pack_data(const DataPackArguments& arguments) {
  const DataSplits data = load_data(arguments.experiment.read(), "");
  const uint64_t bytes = pack(data, arguments.out);
  fmt::print("{}: {:.1f} MB\n", arguments.out, static_cast<double>(bytes) * 1e-6);
  say(fmt::format("Train on it with --set data.name=packed --set data.file={}", arguments.out));
}

}  // namespace

void add_data_pack(CLI::App& data) {
  CLI::App* verb = data.add_subcommand("pack", "write a data set into one memory-mapped file, for fast epochs");
  auto arguments = std::make_shared<DataPackArguments>();
  arguments->experiment.add_to(*verb);
  verb->add_option("--out", arguments->out, "the file")->required();
  verb->callback([arguments] { pack_data(*arguments); });
}

}  // namespace reconcile::tool
