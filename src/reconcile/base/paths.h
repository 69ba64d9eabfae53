#pragma once

#include <filesystem>

namespace reconcile {

/// Whether a path that a file names lies inside the folder that it is relative to: a relative one that no `..` takes
/// out of it.
bool stays_inside(const std::filesystem::path& path);

}  // namespace reconcile
