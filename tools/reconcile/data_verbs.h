#pragma once

namespace CLI {
class App;
}

namespace reconcile::tool {

// Each adds one verb below `reconcile data`.
void add_data_check(CLI::App& data);
void add_data_fetch(CLI::App& data);
void add_data_list(CLI::App& data);
void add_data_make(CLI::App& data);
void add_data_pack(CLI::App& data);
void add_data_preview(CLI::App& data);

}  // namespace reconcile::tool
