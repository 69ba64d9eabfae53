#include <cstring>

#include "fuzz/look.h"
#include "reconcile/base/error.h"
#include "reconcile/core/zip.h"
#include "reconcile/data/archive.h"
#include "unit/files/temp_folder.h"

namespace reconcile::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTarBlock = 512;
constexpr uint64_t kMaxBytes = 1 << 20;

/// Unpacks beside `path`, and sees to it that nothing comes to lie anywhere else.
void unpack(const std::string& /*bytes*/, const Path& path) {
  const Path out = path.parent_path() / "out";
  fs::remove_all(out);
  const auto check = [&] {
    for (const auto& entry : fs::directory_iterator(path.parent_path())) {
      if (entry.path() != path && entry.path() != out) throw std::logic_error(entry.path().string() + " was made");
    }
  };
  try {
    unpack_archive(path, out, kMaxBytes);
  } catch (const Error&) {
    check();
    throw;
  }
  check();
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    if (!entry.is_regular_file() && !entry.is_directory()) throw std::logic_error(entry.path().string() + " was made");
  }
}

/// An entry of a tar archive: name, mode, owner, size, time, checksum, type, link, mark.
std::string tar_entry(const std::string& name, char type, const std::string& data, const std::string& link = "") {
  std::string header(kTarBlock, '\0');
  header.replace(0, name.size(), name);
  header.replace(100, 7, "0000644");
  header.replace(108, 7, "0000000");
  header.replace(116, 7, "0000000");
  header.replace(124, 11, fmt::format("{:011o}", data.size()));
  header.replace(136, 11, "00000000000");
  header[156] = type;
  header.replace(157, link.size(), link);
  header.replace(257, 8, std::string("ustar\00000", 8));
  return header + data + std::string((kTarBlock - data.size() % kTarBlock) % kTarBlock, '\0');
}

/// Renews the checksum of every block that begins like an entry.
std::string renew_tar_checksums(std::string bytes) {
  for (size_t at = 0; at + kTarBlock <= bytes.size(); at += kTarBlock) {
    if (bytes.compare(at + 257, 5, "ustar") != 0) continue;
    bytes.replace(at + 148, 8, "        ");
    unsigned sum = 0;
    for (size_t i = 0; i < kTarBlock; ++i) sum += static_cast<unsigned char>(bytes[at + i]);
    bytes.replace(at + 148, 8, fmt::format("{:06o}", sum & 0777777) + std::string("\0 ", 2));
  }
  return bytes;
}

Target tar_target() {
  const std::string end(2 * kTarBlock, '\0');
  return {"tar",
          {tar_entry("set/a.txt", '0', "first") + tar_entry("set/deep/", '5', "") + end,
           tar_entry("PaxHeaders/x", 'x', "17 path=set/long\n") + tar_entry("x", '0', "second") + end,
           tar_entry("././@LongLink", 'L', std::string("set/longer\0", 11)) + tar_entry("x", '0', "third") + end},
          [](const std::string& bytes, Rng& rng) {
            const std::string renewed = renew_tar_checksums(bytes);
            return rng.below(4) == 0 ? testing::gzip(renewed) : renewed;
          },
          &unpack,
          true,
          {tar_entry("a", '0', "x") + tar_entry("../b", '0', "y") + end, tar_entry("b", '2', "", "/etc") + end}};
}

Target zip_target() {
  return {"zip",    {make_zip({{"set/a.txt", "first"}, {"set/deep/b.txt", "second"}})},
          as_it_is, &unpack,
          true,     {make_zip({{"../evil.txt", "x"}})}};
}

}  // namespace

std::vector<Target> archive_targets() { return {tar_target(), zip_target()}; }

}  // namespace reconcile::fuzz
