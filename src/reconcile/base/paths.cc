#include "reconcile/base/paths.h"

namespace reconcile {

bool stays_inside(const std::filesystem::path& path) {
  const auto plain = path.lexically_normal();
  return !plain.empty() && !plain.is_absolute() && *plain.begin() != "..";
}

}  // namespace reconcile
