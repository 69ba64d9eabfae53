// Changes good files and reads them: every reader must answer with values or one of our errors.
//
//     readers_fuzz [EXECUTIONS [READER [SEED]]]     of each reader, or of one; 2000 if not given
//
// Prints a row a reader. Execution i of a reader draws from a stream of its own, so a finding happens again with the
// same seed; its file is written to ./fuzz-finding.bin.

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

#include "fuzz/mutate.h"
#include "fuzz/targets.h"
#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile::fuzz {
namespace {

constexpr rlim_t kMaxMemory = rlim_t{3} << 30;  // LibTorch itself takes half a gigabyte of it

std::string current;  // the file being read, for the signal handler
std::string answer;   // why the last one was refused

void save_finding() { std::ofstream("fuzz-finding.bin", std::ios::binary) << current; }

void on_crash(int signal) {
  save_finding();
  constexpr char kText[] = "crashed; the file is fuzz-finding.bin\n";
  (void)!::write(STDERR_FILENO, kText, sizeof kText - 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// Whether the reader takes the current file; what it throws but should not passes through.
bool reads(const Target& target, const std::filesystem::path& path) {
  answer = refusal_of(target, current, path);
  return answer.empty();
}

void run(const Target& target, int64_t executions, const Rng& stream, const std::filesystem::path& path) {
  const auto begin = std::chrono::steady_clock::now();
  int64_t refused = 0;
  for (const auto& seed : target.seeds) {
    current = file_of(target, seed);
    if (!reads(target, path)) fail<StateError>("a good file is refused: {}", answer);
  }
  for (int64_t i = 0; i < executions; ++i) {
    Rng rng = stream.fork(static_cast<uint64_t>(i));
    const auto choose = [&] { return target.seeds[static_cast<size_t>(rng.below(std::ssize(target.seeds)))]; };
    const std::string seed = choose();
    current = target.wrap(mutate(seed, choose(), rng), rng);
    if (!reads(target, path)) ++refused;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::cout << fmt::format("| {:12} | {:>10} | {:>10} | {:>8.1f} |\n", target.name, executions, refused,
                           seconds.count())
            << std::flush;
}

int run_all(int64_t executions, const std::string& only, uint64_t seed) {
  const test::TemporaryFolder folder;
  std::cout << "| reader       | executions |    refused |  seconds |\n|---|---|---|---|\n";
  for (const auto& target : targets()) {
    if (!only.empty() && target.name != only) continue;
    try {
      run(target, executions, Rng(seed).fork(target.name), folder / "file");
    } catch (const std::exception& error) {
      save_finding();
      std::cout << target.name << ": an exception of another type; the file is fuzz-finding.bin:\n"
                << error.what() << "\n";
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace reconcile::fuzz

int main(int argc, char** argv) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE}) std::signal(signal, &reconcile::fuzz::on_crash);
#ifndef __SANITIZE_ADDRESS__
  const rlimit limit{reconcile::fuzz::kMaxMemory, reconcile::fuzz::kMaxMemory};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
  const int64_t executions = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 2000;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  return reconcile::fuzz::run_all(executions, argc > 2 ? argv[2] : "", seed);
}
