#pragma once

#include <filesystem>
#include <string>

namespace reconcile {

/// Downloads `url` (https, http, file) into `folder`, under its own name, and returns the path; a file that is there
/// already is taken as it is. If the name ends in a hash, as in `resnet18-f37072fd.pth`, that must be the beginning of
/// the file's SHA-256, and a download that was stopped is continued from `NAME.part`. The file appears whole or not at
/// all, also if several programs fetch it at once. Proxies are taken from `https_proxy` and its like.
/// DataError if the server or the file cannot be reached, or the hash differs.
std::filesystem::path fetch(const std::string& url, const std::filesystem::path& folder);

}  // namespace reconcile
