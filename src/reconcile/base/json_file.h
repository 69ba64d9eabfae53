#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reconcile/base/options.h"

namespace reconcile {

/// `text` as JSON, nested at most 100 deep. DataError naming `place` (a file, or file:line) and the byte that is wrong.
Json parse_json(std::string_view text, const std::string& place);

/// The object as text, with a last member "crc32": the CRC-32 of its compact form without that member. `indent` as
/// Json::dump.
std::string seal(const Json& object, int indent = -1);

/// What `text` holds, without the member "crc32". DataError naming `place` if it is no JSON, or if there is such a
/// member and it is not that of the rest, or if its name was damaged. Documents without one (written by hand, or by
/// older versions) are taken as they are.
Json unseal(std::string_view text, const std::string& place);

/// Writes a sealed document, whole or not at all, as write_atomically.
void write_json(const std::filesystem::path& path, const Json& object);

/// Reads what `write_json` wrote, or any other JSON document. DataError as read_file and unseal.
Json read_json(const std::filesystem::path& path);

}  // namespace reconcile
