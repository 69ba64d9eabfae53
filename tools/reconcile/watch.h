#pragma once

#include <cstdint>
#include <filesystem>

namespace reconcile::tool {

/// Writes report.html of a run, a pipeline or a sweep every so many seconds, with a page that loads itself anew, until
/// all its runs have come to their end: then once more, a page that stays. A requested stop ends it, too. DataError if
/// the folder holds no records at all.
void watch(const std::filesystem::path& directory, int64_t seconds);

}  // namespace reconcile::tool
