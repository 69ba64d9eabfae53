#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "reconcile/core/zip.h"

namespace reconcile::test {

// Pieces of pickles, written by hand from the table of opcodes in Python's pickletools.
template <class T>
std::string raw(T number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}
inline std::string text(const std::string& value) { return "X" + raw(static_cast<uint32_t>(value.size())) + value; }
inline std::string integer(int64_t value) { return "\x8a\x08" + raw(value); }
inline std::string tuple(const std::vector<int64_t>& values) {
  std::string result = "(";
  for (const int64_t value : values) result += integer(value);
  return result + "t";
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

/// A view of float32 storage `key` that claims to have `numel` numbers.
struct View {
  int64_t numel = 4, offset = 0;
  std::vector<int64_t> sizes = {2, 2}, strides = {2, 1};
  std::string key = "0", type = "FloatStorage";
};
inline std::string tensor(const View& view) {
  const std::string id =
      "(" + text("storage") + global("torch", view.type) + text(view.key) + text("cpu") + integer(view.numel) + "tQ";
  return global("torch._utils", "_rebuild_tensor_v2") + "(" + id + integer(view.offset) + tuple(view.sizes) +
         tuple(view.strides) + "\x89}tR";
}

/// A file of torch.save around the pickle of its object: storage "0" has the given bytes, of 4-byte numbers.
inline std::string zip_file(const std::string& pickle, const std::string& storage) {
  return make_zip({{"archive/data.pkl", pickle}, {"archive/data/0", storage}, {"archive/version", "3\n"}});
}
inline std::string legacy_file(const std::string& object, const std::string& storage) {
  const std::string magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  const std::string start = pickle(magic) + pickle("M\xe9\x03") + pickle("}") + object;
  if (object.find("Storage\n") == std::string::npos) return start + pickle("]");
  return start + pickle("](" + text("0") + "e") + raw(static_cast<int64_t>(storage.size() / 4)) + storage;
}

/// The bytes of 0, 1, 2 ... as float32.
inline std::string floats(int64_t count) {
  std::string bytes;
  for (int64_t i = 0; i < count; ++i) bytes += raw(static_cast<float>(i));
  return bytes;
}

}  // namespace reconcile::test
