#pragma once

#include <filesystem>
#include <string>

namespace reconcile {

/// A digest of a file in hex digits; `algorithm` is "SHA256", "SHA1" or "MD5". DataError if it cannot be read.
std::string file_digest(const std::filesystem::path& path, const std::string& algorithm);

/// The digest of what a gzip file holds (of a damaged one: up to the damage), or of the file itself if it is none.
std::string payload_digest(const std::filesystem::path& path, const std::string& algorithm);

}  // namespace reconcile
