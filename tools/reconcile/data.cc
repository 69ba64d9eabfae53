#include <CLI/CLI.hpp>

#include "reconcile/commands.h"
#include "reconcile/data_verbs.h"

namespace reconcile::tool {

void add_data(CLI::App& app) {
  CLI::App* data = app.add_subcommand("data", "data sets: list, fetch, make, check, preview, pack");
  data->require_subcommand(1);
  add_data_list(*data);
  add_data_fetch(*data);
  add_data_make(*data);
  add_data_check(*data);
  add_data_preview(*data);
  add_data_pack(*data);
}

}  // namespace reconcile::tool
