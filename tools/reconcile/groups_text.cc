#include "reconcile/groups_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reconcile::tool {

std::string groups_text(const Partition& partition, const std::vector<std::string>& names) {
  constexpr size_t kNames = 4, kGroups = 6;
  std::vector<std::string> texts;
  for (const auto& tasks : partition.groups()) {
    std::vector<std::string> shown;
    for (size_t i = 0; i < std::min(tasks.size(), kNames); ++i) shown.push_back(names[tasks[i]]);
    if (tasks.size() > kNames) shown.push_back(fmt::format("+{}", tasks.size() - kNames));
    texts.push_back(fmt::format("{}", fmt::join(shown, " ")));
  }
  const std::string rest = texts.size() > kGroups ? fmt::format(" | {} more", texts.size() - kGroups) : "";
  texts.resize(std::min(texts.size(), kGroups));
  return fmt::format("{}{}", fmt::join(texts, " | "), rest);
}

}  // namespace reconcile::tool
