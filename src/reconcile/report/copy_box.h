#pragma once

#include <string>
#include <vector>

namespace reconcile::report {

struct CopyText {
  std::string name;  ///< "LaTeX"
  std::string text;
};
/// A button for each text that copies it, with the script that does so, and the texts folded away for browsers without
/// scripts.
std::string copy_box(const std::vector<CopyText>& texts);

}  // namespace reconcile::report
