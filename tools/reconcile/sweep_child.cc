#include "reconcile/sweep_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "reconcile/base/error.h"

namespace reconcile::tool {
namespace {

/// Becomes the program. Between fork and exec only calls that are safe there: no memory is asked for.
[[noreturn]] void become(char* const* arguments, const char* log, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int input = open("/dev/null", O_RDONLY);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const bool is_ready = dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
                        dup2(output, STDERR_FILENO) >= 0 && getppid() == parent;
  if (is_ready) execv("/proc/self/exe", arguments);
  _exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  std::vector<char*> words{const_cast<char*>("reconcile")};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t parent = getpid();
  process_ = fork();
  if (process_ == 0) become(words.data(), log.c_str(), parent);
  if (process_ < 0) fail<DataError>("cannot start another process: {}. Use fewer --jobs.", std::strerror(errno));
}

std::optional<std::string> Child::poll() {
  int status = 0;
  if (waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("exit {}", WEXITSTATUS(status));
}

void Child::interrupt() const { kill(process_, SIGINT); }

}  // namespace reconcile::tool
