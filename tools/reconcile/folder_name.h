#pragma once

#include <string>

namespace reconcile::tool {

/// `cagrad(c=0.4)` as a folder name: `cagrad-c=0.4`. Different texts can have the same name.
std::string folder_name(const std::string& text);

}  // namespace reconcile::tool
