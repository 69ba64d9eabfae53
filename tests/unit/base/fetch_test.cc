#include "reconcile/base/fetch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "reconcile/base/error.h"
#include "reconcile/base/file.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

/// A thousand bytes, and the beginning of their SHA-256 (from sha256sum).
std::string content() {
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += "0123456789";
  return bytes;
}
constexpr const char* kName = "net-ab6c5f32.pth";

/// file_server.py on a folder of this test's own, and an empty cache.
class Fetch : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"http_proxy", "no_proxy", "all_proxy"}) ::unsetenv(name);
    served_.write(kName, content());
    int input[2];
    int output[2];
    ASSERT_EQ(::pipe2(input, O_CLOEXEC) + ::pipe2(output, O_CLOEXEC), 0);
    const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/base/file_server.py";
    server_ = ::fork();
    if (server_ == 0) {
      ::dup2(input[0], 0);
      ::dup2(output[1], 1);
      ::execlp("python3", "python3", "-B", script.c_str(), served_.path().c_str(), (served_ / "log").c_str(), nullptr);
      ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    char port[16] = {};
    ASSERT_GT(::read(output[0], port, sizeof port - 1), 0);
    ::close(output[0]);
    host_ = fmt::format("http://127.0.0.1:{}", std::stoi(port));
  }
  void TearDown() override {
    ::close(input_);
    ::waitpid(server_, nullptr, 0);
  }

  [[nodiscard]] std::string url(const std::string& path) const { return fmt::format("{}/{}", host_, path); }
  [[nodiscard]] std::string good() const { return url(fmt::format("x/{}", kName)); }
  [[nodiscard]] std::filesystem::path part() const { return cache_ / fmt::format("{}.part", kName); }
  [[nodiscard]] std::string log() const { return read_file(served_ / "log"); }
  void write_part(const std::string& bytes) { cache_.write(part().filename(), bytes); }
  void expect_fetched(const std::filesystem::path& path) const {
    EXPECT_EQ(path, cache_ / kName);
    EXPECT_EQ(read_file(path), content());
    EXPECT_FALSE(std::filesystem::exists(part()));
  }

  test::TemporaryFolder served_;
  test::TemporaryFolder cache_;
  std::string host_;
  pid_t server_ = -1;
  int input_ = -1;
};

TEST_F(Fetch, DownloadsOnce) {
  expect_fetched(fetch(good(), cache_.path()));
  expect_fetched(fetch(good(), cache_.path()));
  EXPECT_EQ(log(), fmt::format("{} \n", kName));
}

TEST_F(Fetch, MakesTheFolder) { EXPECT_EQ(read_file(fetch(good(), cache_ / "hub/checkpoints")), content()); }

TEST_F(Fetch, TakesFileUrls) {
  expect_fetched(fetch(fmt::format("file://{}/{}", served_.path().string(), kName), cache_.path()));
}

TEST_F(Fetch, ContinuesWhereItWasStopped) {
  write_part(content().substr(0, 600));
  expect_fetched(fetch(good(), cache_.path()));
  EXPECT_EQ(log(), fmt::format("{} bytes=600-\n", kName));
}

TEST_F(Fetch, BeginsAnewIfTheServerCannotContinue) {
  write_part(content().substr(0, 600));
  expect_fetched(fetch(url(fmt::format("plain/{}", kName)), cache_.path()));
}

TEST_F(Fetch, BeginsAnewIfThePartIsTooLong) {
  write_part(content() + "more");
  expect_fetched(fetch(good(), cache_.path()));
  write_part(content() + "more");
  std::filesystem::remove(cache_ / kName);
  expect_fetched(fetch(fmt::format("file://{}/{}", served_.path().string(), kName), cache_.path()));
}

TEST_F(Fetch, FinishesAPartThatIsWhole) {
  write_part(content());
  expect_fetched(fetch(good(), cache_.path()));
}

TEST_F(Fetch, RemovesWhatHasAnotherHash) {
  served_.write(kName, "<html>log in first</html>\n");
  const auto action = [&] { fetch(good(), cache_.path()); };
  expect_message<DataError>(action, "by its name it must be ab6c5f32. What came has 26 bytes",
                            "begins with \"<html>log in first</html>.\". It was removed");
  EXPECT_TRUE(std::filesystem::is_empty(cache_.path()));
  write_part(std::string(10, 'x'));  // damaged in the part that was there before
  served_.write(kName, content());
  expect_message<DataError>(action, "It was removed");
  expect_fetched(fetch(good(), cache_.path()));
}

TEST_F(Fetch, ContinuesNothingWithoutAHash) {
  served_.write("net.pth", "whole");
  cache_.write("net.pth.part", "wh");
  EXPECT_EQ(read_file(fetch(url("x/net.pth"), cache_.path())), "whole");
  EXPECT_EQ(log(), "net.pth \n");
}

TEST_F(Fetch, SaysWhatTheServerSaid) {
  expect_message<DataError>([&] { fetch(url("x/other-12345678.pth"), cache_.path()); },
                            "/x/other-12345678.pth: cannot fetch: ", "404",
                            "Check the network and https_proxy, or put the file into " + cache_.path().string());
  EXPECT_TRUE(std::filesystem::is_empty(cache_.path()));
}

TEST_F(Fetch, SaysThatNobodyAnswers) {
  expect_message<DataError>([&] { fetch("http://127.0.0.1:1/net.pth", cache_.path()); },
                            "cannot fetch: ", "127.0.0.1 port 1");
  expect_message<DataError>([&] { fetch("file:///nowhere/net.pth", cache_.path()); },
                            "cannot fetch: ", "/nowhere/net.pth");
  expect_message<DataError>([&] { fetch("ftp://127.0.0.1/net.pth", cache_.path()); }, "cannot fetch: ", "ftp");
}

TEST_F(Fetch, SaysThatTheFolderCannotBeWritten) {
  expect_message<DataError>([&] { fetch(good(), "/proc"); }, "/proc/net-", ".pth.part: cannot create: ");
  expect_message<DataError>([&] { fetch(good(), (served_ / kName) / "below"); },
                            ".part: cannot create: Not a directory");
}

TEST_F(Fetch, GoesThroughTheProxy) {
  ::setenv("http_proxy", host_.c_str(), 1);
  expect_fetched(fetch(fmt::format("http://weights.invalid/x/{}", kName), cache_.path()));
  ::unsetenv("http_proxy");
}

TEST_F(Fetch, SeveralAtOnceDownloadOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { EXPECT_EQ(read_file(fetch(url(fmt::format("slow/{}", kName)), cache_.path())), content()); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(log(), fmt::format("{} \n", kName));
  EXPECT_FALSE(std::filesystem::exists(part()));
}

}  // namespace
}  // namespace reconcile
