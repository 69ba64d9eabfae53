#include "reconcile/base/json_file.h"

#include <algorithm>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {
namespace {

constexpr const char* kChecksum = "crc32";
constexpr int64_t kMaxDepth = 100;  // what writes or copies a deeper document would overflow the stack

/// How deep lists and objects are nested. Brackets inside texts do not count.
int64_t depth_of(std::string_view text) {
  int64_t depth = 0;
  int64_t deepest = 0;
  bool is_text = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_text = !is_text;
    if (is_text) {
      i += c == '\\';
      continue;
    }
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

/// Whether a flipped bit made this of the checksum's name.
bool is_nearly_checksum(std::string_view name) {
  const std::string_view whole = kChecksum;
  if (name.size() != whole.size()) return false;
  int different = 0;
  for (size_t i = 0; i < whole.size(); ++i) different += name[i] != whole[i];
  return different == 1;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& place) {
  if (const int64_t depth = depth_of(text); depth > kMaxDepth) {
    fail<DataError>("{}: nested {} deep, no file of ours is deeper than {}.", place, depth, kMaxDepth);
  }
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    const auto* wrong = dynamic_cast<const nlohmann::json::parse_error*>(&error);
    const size_t byte = wrong == nullptr ? 0 : std::min(wrong->byte, text.size());
    fail<DataError>("{}: not JSON from byte {} (line {}) on. The file is damaged; write it again.", place, byte,
                    1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), '\n'));
  }
}

std::string seal(const Json& object, int indent) {
  Json sealed = object;
  sealed[kChecksum] = checksum(object.dump());
  return sealed.dump(indent);
}

Json unseal(std::string_view text, const std::string& place) {
  Json document = parse_json(text, place);
  if (!document.is_object() || document.empty()) return document;
  if (!document.contains(kChecksum)) {
    const std::string last = std::prev(document.end()).key();
    if (!is_nearly_checksum(last)) return document;
    fail<DataError>("{}: its last member is \"{}\", which was \"{}\": it was damaged. Restore it.", place, last,
                    kChecksum);
  }
  const Json stated = document.at(kChecksum);
  document.erase(kChecksum);
  const std::string found = checksum(document.dump());
  if (stated == found) return document;
  fail<DataError>(
      "{}: the CRC-32 is {}, it says {}: it was damaged, or changed by hand. Restore it; if the change was meant, take "
      "\"{}\" out of it.",
      place, found, stated.dump(), kChecksum);
}

void write_json(const std::filesystem::path& path, const Json& object) {
  write_atomically(path, seal(object, 1) + "\n");
}

Json read_json(const std::filesystem::path& path) { return unseal(read_file(path), path.string()); }

}  // namespace reconcile
