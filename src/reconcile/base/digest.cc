#include "reconcile/base/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <vector>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// The digest of what `read` puts into its chunk, piece by piece, until it returns 0 or less.
std::string digest(const std::string& algorithm, const std::function<int64_t(std::vector<char>& chunk)>& read) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(state.get(), EVP_get_digestbyname(algorithm.c_str()), nullptr);
  std::vector<char> chunk(1 << 18);
  for (int64_t got = read(chunk); got > 0; got = read(chunk)) {
    EVP_DigestUpdate(state.get(), chunk.data(), static_cast<size_t>(got));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state.get(), bytes.data(), &size);
  return fmt::format("{:02x}", fmt::join(bytes.data(), bytes.data() + size, ""));
}

}  // namespace

std::string file_digest(const std::filesystem::path& path, const std::string& algorithm) {
  std::ifstream in(path, std::ios::binary);
  if (!in) fail<DataError>("{}: cannot read: {}.", path.string(), std::strerror(errno));
  return digest(algorithm,
                [&](std::vector<char>& chunk) -> int64_t { return in.read(chunk.data(), std::ssize(chunk)).gcount(); });
}

std::string payload_digest(const std::filesystem::path& path, const std::string& algorithm) {
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) fail<DataError>("{}: cannot read: {}.", path.string(), std::strerror(errno));
  return digest(algorithm, [&](std::vector<char>& chunk) -> int64_t {
    return gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()));
  });
}

}  // namespace reconcile
