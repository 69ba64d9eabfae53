#pragma once

#include <array>
#include <string>
#include <vector>

#include "reconcile/report/outcome.h"
#include "reconcile/report/records.h"

/// Runs that are compared with each other.
namespace reconcile::report {

/// Which numbers stand for a run.
enum class Protocol { kLast, kBest, kValidationLast, kValidationMean };
inline constexpr std::array kProtocols{Protocol::kLast, Protocol::kBest, Protocol::kValidationLast,
                                       Protocol::kValidationMean};
inline constexpr int64_t kMostAveragedEpochs = 10;

/// The numbers of one network under one protocol; empty and NaN where they were not measured.
struct Measured {
  PerTask<double> metrics;
  double delta_m = kMissing, delta_m_flat = kMissing;  ///< in percent, against the single-task networks of the seed
  PerTask<double> single;                              ///< metrics of those
};

/// One network.
struct SeedResult {
  int64_t seed = 0;
  std::array<Measured, kProtocols.size()> by_protocol;
  [[nodiscard]] const Measured& at(Protocol protocol) const { return by_protocol[static_cast<size_t>(protocol)]; }
};

/// Runs that differ in nothing but the seed: a method, a network and a setting. Single-task networks are one contender.
struct Contender {
  std::string label, method;
  std::string kind;     ///< "single", "recon" (split by a plan) or "base" (whatever trains an unsplit network)
  std::string setting;  ///< network and keys of the experiment in which runs differ; part of the label
  std::string source;   ///< folder of its first run
  std::vector<SeedResult> seeds;  ///< ascending
  double parameters = kMissing, megabytes = kMissing, macs = kMissing, seconds_per_step = kMissing;
};

struct Study {
  std::vector<std::string> tasks, kinds;
  std::string dataset;                  ///< "" for several
  std::string network;                  ///< likewise
  std::vector<Contender> contenders;    ///< single-task networks first, then as given
  size_t base = 0;                      ///< the contender that the others are measured against
  int64_t averaged_epochs = 0;          ///< of Protocol::kValidationMean; 0 without validation
  std::vector<std::string> unfinished;  ///< folders of runs that are left out
  std::vector<Expected> expected;
};

/// Groups the runs by method, network and setting (the keys of the experiment in which they differ). `base` is a
/// contender's label or method; "" takes the first that trains the tasks together on an unsplit network. DataError
/// where no run has finished or runs have other tasks than the first; InvalidArgument where no contender is called
/// `base`.
Study make_study(const Outcomes& outcomes, const std::string& base = "");

/// The study of one pipeline's own runs; empty if it has none.
Study study_of(const Pipeline& pipeline);

/// The contenders as rows of a table, with what they are made from.
Pipeline as_pipeline(const Study& study);

/// Whether these are single-task networks.
bool is_single(const Contender& contender);

/// "test metrics of the last epoch" ...
std::string protocol_title(Protocol protocol, const Study& study);

}  // namespace reconcile::report
