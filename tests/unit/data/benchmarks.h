#pragma once

#include <ATen/ATen.h>

#include <cstdlib>
#include <numeric>

#include "reconcile/data/dataset.h"
#include "reconcile/files/npy.h"
#include "unit/base/support.h"

namespace reconcile::test {

/// Runs benchmarks_oracle.py; its exit status.
inline int benchmarks_oracle(const std::string& arguments) {
  const std::string script = RECONCILE_SOURCE_DIR "/tests/unit/data/benchmarks_oracle.py";
  return WEXITSTATUS(std::system(fmt::format("/usr/bin/python3 -B '{}' {}", script, arguments).c_str()));
}

inline Batch whole(const Dataset& data) {
  std::vector<int64_t> all(data.size());
  std::iota(all.begin(), all.end(), 0);
  return data.batch(all);
}

/// Writes all samples of a part for `benchmarks_oracle check`; with `sizes`, only as many of each task.
inline void dump(const Dataset& data, const TemporaryFolder& folder, const std::string& part,
                 const std::vector<int64_t>& sizes = {}) {
  const Batch batch = whole(data);
  const auto write = [&](const std::string& name, size_t i, const at::Tensor& values) {
    const at::Tensor first = sizes.empty() ? values : values.slice(0, 0, sizes[i]);
    folder.write(fmt::format("dump/{}/{}_{}.npy", part, name, i), encode_npy(first));
  };
  for (size_t g = 0; g < batch.inputs.values().size(); ++g) write("input", g, batch.inputs.values()[g]);
  for (size_t t = 0; t < batch.targets.size(); ++t) write("target", t, batch.targets[t]);
}

inline DataSplits make(const DatasetEntry& entry, const Json& options) {
  return entry.make(options, [](const std::string& key) { return "data." + key; });
}

/// A folder with the files of `kind`; skips the test where NumPy or PIL are missing.
class BenchmarkFiles : public ::testing::Test {
 protected:
  void make_files(const std::string& kind) {
    const int status = benchmarks_oracle(fmt::format("make {} '{}'", kind, folder_.path().string()));
    if (status == 77) GTEST_SKIP() << "/usr/bin/python3 has no NumPy or PIL: apt-get install python3-numpy python3-pil";
    ASSERT_EQ(status, 0);
  }
  void expect_as_in_files(const std::string& kind) {
    EXPECT_EQ(benchmarks_oracle(
                  fmt::format("check {} '{}' '{}'", kind, folder_.path().string(), (folder_ / "dump").string())),
              0);
  }
  TemporaryFolder folder_;
};

}  // namespace reconcile::test
