#pragma once

#include "reconcile/arguments.h"
#include "reconcile/catalog/run.h"

namespace reconcile::tool {

/// The arguments of verbs that use a trained network.
struct RunArguments {
  std::string folder;
  std::string weights = "last";

  void add_to(CLI::App& verb);
  /// The network of the folder, or of the only finished run below it. InvalidArgument names the runs if there are
  /// several.
  [[nodiscard]] RestoredModel restore() const;
};

}  // namespace reconcile::tool
