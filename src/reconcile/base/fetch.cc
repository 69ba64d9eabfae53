#include "reconcile/base/fetch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <regex>

#include "reconcile/base/digest.h"
#include "reconcile/base/error.h"
#include "reconcile/base/file.h"

namespace reconcile {
namespace fs = std::filesystem;
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kStalledSeconds = 60;
constexpr long kMaxRedirections = 10;

/// `resnet18-f37072fd.pth` -> `f37072fd`; "" if the name has no hash.
std::string hash_in(const std::string& name) {
  static const std::regex pattern("-([0-9a-f]{8,64})\\.[^.]*$");
  std::smatch match;
  return std::regex_search(name, match, pattern) ? match[1].str() : "";
}

/// A file that is being filled. Only one program at a time has it.
class Part {
 public:
  explicit Part(fs::path path) : path_(std::move(path)) {
    do {  // the one who had it before has renamed or removed it
      if (file_ >= 0) ::close(file_);
      file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      if (file_ < 0) fail<DataError>("{}: cannot create: {}.", path_.string(), std::strerror(errno));
      ::flock(file_, LOCK_EX);  // some network file systems have no locks: then the hash alone guards the file
    } while (!is_in_place());
  }
  ~Part() { ::close(file_); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] size_t size() const { return fs::file_size(path_); }
  void clear() const { fs::resize_file(path_, 0); }
  void remove() const { fs::remove(path_); }
  [[nodiscard]] bool append(const char* bytes, size_t count) const {
    return ::write(file_, bytes, count) == static_cast<ssize_t>(count);
  }
  void move_to(const fs::path& target) const {
    if (::fsync(file_) != 0) fail<DataError>("{}: cannot sync: {}.", path_.string(), std::strerror(errno));
    fs::rename(path_, target);
    sync_directory(target.parent_path());
  }

 private:
  [[nodiscard]] bool is_in_place() const {
    struct stat mine {};
    struct stat named {};
    return ::fstat(file_, &mine) == 0 && ::stat(path_.c_str(), &named) == 0 && mine.st_ino == named.st_ino;
  }

  fs::path path_;
  int file_ = -1;
};

size_t append_to_part(char* bytes, size_t size, size_t count, void* part) {
  return static_cast<const Part*>(part)->append(bytes, size * count) ? size * count : 0;
}

/// Appends what is missing in `part`. "" or what went wrong.
std::string transfer(const std::string& url, const Part& part, bool* refused_to_continue) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto begin = static_cast<curl_off_t>(part.size());
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "https,http,file");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, kMaxRedirections);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, begin);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append_to_part);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &part);
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  *refused_to_continue = begin > 0 && (code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME || status == 416);
  if (code == CURLE_OK) return "";
  return reason.front() == '\0' ? curl_easy_strerror(code) : reason.data();
}

/// The check of a file whose name tells the beginning of its SHA-256; none if it does not.
FileCheck check_of_name(const std::string& name) {
  const std::string hash = hash_in(name);
  if (hash.empty()) return {};
  return [hash](const fs::path& path) -> std::string {
    const std::string found = file_digest(path, "SHA256");
    if (found.starts_with(hash)) return "";
    return fmt::format("its SHA-256 begins with {}, by its name it must be {}", found.substr(0, hash.size()), hash);
  };
}

/// Throws away a part that does not pass.
void require(const FileCheck& check, const Part& part) {
  const std::string problem = check(part.path());
  if (problem.empty()) return;
  std::string begin(32, '\0');
  std::ifstream in(part.path(), std::ios::binary);
  begin.resize(static_cast<size_t>(in.read(begin.data(), std::ssize(begin)).gcount()));
  for (char& c : begin) c = c < ' ' || c > '~' ? '.' : c;
  const size_t size = part.size();
  part.remove();
  fail<DataError>(
      "{}: {}. What came has {} bytes and begins with \"{}\". It was removed. Is there a proxy or a login page in "
      "between? Try again.",
      part.path().string(), problem, size, begin);
}

/// Fills the part, going on where it ends if the server can.
void fill(const std::string& url, const Part& part, const fs::path& folder) {
  bool refused_to_continue = false;
  std::string reason = transfer(url, part, &refused_to_continue);
  if (refused_to_continue) {
    part.clear();
    reason = transfer(url, part, &refused_to_continue);
  }
  if (reason.empty()) return;
  if (part.size() == 0) part.remove();
  fail<DataError>("{}: cannot fetch: {}. Check the network and https_proxy, or put the file into {}.", url, reason,
                  folder.string());
}

}  // namespace

fs::path fetch(const std::string& url, const fs::path& folder, FileCheck check) {
  const std::string name = fs::path(url).filename();
  fs::path target = folder / name;
  if (fs::exists(target)) return target;
  if (!check) check = check_of_name(name);
  std::error_code ignored;  // opening the part tells what is wrong
  fs::create_directories(folder, ignored);
  const Part part(folder / (name + ".part"));
  if (fs::exists(target)) {  // another program was faster
    part.remove();
    return target;
  }
  if (!check) part.clear();  // nothing would tell whether both pieces are of one file
  fill(url, part, folder);
  if (check) require(check, part);
  part.move_to(target);
  return target;
}

}  // namespace reconcile
