#include "reconcile/folder_name.h"

#include <cctype>

namespace reconcile::tool {

std::string folder_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    if (c == '(' || c == ',') name += '-';
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '=' || c == '.' || c == '_') name += c;
  }
  return name;
}

}  // namespace reconcile::tool
