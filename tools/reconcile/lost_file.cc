#include "reconcile/lost_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <string_view>

namespace reconcile::tool {
namespace {

void tell(std::string_view text) { (void)!write(STDERR_FILENO, text.data(), text.size()); }

/// The next line of a file without its end, in `line`; empty behind the last one. A signal handler may call it.
std::string_view next_line(int file, char (&line)[4096]) {
  size_t size = 0;
  for (char c = 0; read(file, &c, 1) == 1 && c != '\n';) {
    if (size < sizeof line) line[size++] = c;
  }
  return {line, size};
}

/// Takes a hexadecimal number from the front.
uintptr_t take_number(std::string_view& text) {
  uintptr_t value = 0;
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) break;
    value = value * 16 + static_cast<uintptr_t>(digit);
  }
  return value;
}

/// Says what is mapped at `address`: /proc/self/maps has lines "begin-end permissions offset device inode  path".
void say_what_is_at(uintptr_t address) {
  const int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  char buffer[4096];
  for (std::string_view line = next_line(maps, buffer); !line.empty(); line = next_line(maps, buffer)) {
    std::string_view numbers = line;
    const uintptr_t begin = take_number(numbers);
    if (numbers.empty()) continue;
    numbers.remove_prefix(1);
    if (address < begin || address >= take_number(numbers)) continue;
    const size_t path = line.find('/');
    return tell(path == std::string_view::npos ? "a mapped file" : line.substr(path));
  }
  tell("a mapped file");
}

void end_with_name(int /*signal*/, siginfo_t* information, void* /*context*/) {
  constexpr int kStatus = 3;  // of damaged data
  tell("reconcile: ");
  say_what_is_at(reinterpret_cast<uintptr_t>(information->si_addr));
  tell(": was cut short while it was read, or its disk fails. Put it back; a run in training goes on with --resume.\n");
  _exit(kStatus);
}

}  // namespace

void name_lost_files() {
  struct sigaction action {};
  action.sa_sigaction = end_with_name;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace reconcile::tool
