#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace reconcile {

/// Walks all elements of a MATLAB file of version 5 and gives the names of its variables. DataError naming `path`
/// unless every size that it announces fits into the element around it, the numbers are as many as their dimensions
/// say, and nothing is in it but numbers, text, cells and structs: at most 2^28 bytes unpacked, 2^20 arrays, 32 deep.
std::vector<std::string> check_mat(std::string_view bytes, const std::filesystem::path& path);

}  // namespace reconcile
