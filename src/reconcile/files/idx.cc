// IDX: two zero bytes, a type byte, the number of dimensions, one big-endian 32-bit size a
// dimension, the values row by row.

#include "reconcile/files/idx.h"

#include <fmt/ranges.h>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 30;
constexpr uint8_t kUnsignedBytes = 0x08;

uint8_t byte_at(const std::string& bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

int64_t size_at(const std::string& bytes, size_t i) {
  int64_t size = 0;
  for (size_t k = 0; k < 4; ++k) size = size << 8 | byte_at(bytes, i + k);
  return size;
}

size_t header_bytes(int64_t num_dims) { return 4 + 4 * static_cast<size_t>(num_dims); }

void check_kind(const std::string& bytes, int64_t num_dims, const std::string& path) {
  if (bytes.size() < header_bytes(num_dims)) {
    fail<DataError>("{}: has {} bytes, an IDX header with {} dimension(s) has {}. Fetch it again.", path, bytes.size(),
                    num_dims, header_bytes(num_dims));
  }
  if (byte_at(bytes, 0) != 0 || byte_at(bytes, 1) != 0) {
    fail<DataError>(
        "{}: begins with bytes {:02x} {:02x}, an IDX file begins with 00 00. Is it another format? "
        "Fetch it again.",
        path, byte_at(bytes, 0), byte_at(bytes, 1));
  }
  if (byte_at(bytes, 2) != kUnsignedBytes) {
    fail<DataError>(
        "{}: holds values of IDX type 0x{:02x}, must be 0x08 (unsigned bytes). Convert it to "
        "unsigned bytes.",
        path, byte_at(bytes, 2));
  }
  if (byte_at(bytes, 3) != num_dims) {
    fail<DataError>("{}: has {} dimension(s), must have {}. Images have 3, labels 1: are two files swapped?", path,
                    byte_at(bytes, 3), num_dims);
  }
}

}  // namespace

at::Tensor read_idx(const std::filesystem::path& path, int64_t num_dims) {
  const std::string bytes = read_maybe_gzip(path, kMaxBytes);
  check_kind(bytes, num_dims, path.string());
  std::vector<int64_t> sizes;
  unsigned __int128 announced = 1;  // three sizes below 2^32 cannot overflow it
  for (int64_t d = 0; d < num_dims; ++d) {
    sizes.push_back(size_at(bytes, header_bytes(d)));
    announced *= static_cast<uint64_t>(sizes.back());
  }
  announced += header_bytes(num_dims);
  if (announced != bytes.size()) {
    fail<DataError>("{}: header announces {} ({} bytes), file has {}. Fetch it again.", path.string(),
                    fmt::join(sizes, " x "), announced, bytes.size());
  }
  at::Tensor values = at::empty(sizes, at::kByte);
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes(num_dims)), bytes.end(),
            reinterpret_cast<char*>(values.data_ptr<uint8_t>()));
  return values;
}

}  // namespace reconcile
