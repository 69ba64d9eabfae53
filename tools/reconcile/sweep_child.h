#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace reconcile::tool {

/// This program once more, as a child: in a process group of its own, so that Ctrl-C reaches only the parent; without
/// input, its output added to a file. It is asked to stop (SIGTERM) when the parent dies, however that happens.
class Child {
 public:
  /// `arguments` are those behind the program's name. DataError if the system starts no more.
  Child(const std::vector<std::string>& arguments, const std::filesystem::path& log);

  /// Nothing while it runs; then "" for success, or what went wrong: "exit 1", "killed by signal 9".
  std::optional<std::string> poll();
  /// Asks it to write a checkpoint and to end.
  void interrupt() const;

 private:
  pid_t process_;
};

}  // namespace reconcile::tool
