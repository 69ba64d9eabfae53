#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace reconcile {

/// What a download must be: "" or what is wrong with the file at `path`.
using FileCheck = std::function<std::string(const std::filesystem::path& path)>;

/// Downloads `url` (https, http, file) into `folder`, under its own name, and returns the path; a file that is there
/// already is taken as it is. A file that does not pass `check` is removed; without one, if the name ends in a hash, as
/// in `resnet18-f37072fd.pth`, that must be the beginning of the file's SHA-256. Where there is something to check, a
/// download that was stopped is continued from `NAME.part`. The file appears whole or not at all, also if several
/// programs fetch it at once. Proxies are taken from `https_proxy` and its like.
/// DataError if the server or the file cannot be reached, or the file is not what it must be.
std::filesystem::path fetch(const std::string& url, const std::filesystem::path& folder, FileCheck check = {});

}  // namespace reconcile
