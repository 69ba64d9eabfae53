#include "reconcile/metrics/pixel_matching.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace reconcile {
namespace {

constexpr int32_t kNone = -1;

struct Offset {
  int64_t y, x;
};

/// Offsets inside a disc, the nearest first: the first guess then pairs what belongs together.
std::vector<Offset> disc(double radius) {
  std::vector<Offset> offsets;
  const auto reach = static_cast<int64_t>(radius);
  for (int64_t y = -reach; y <= reach; ++y) {
    for (int64_t x = -reach; x <= reach; ++x) {
      if (static_cast<double>(y * y + x * x) <= radius * radius) offsets.push_back({y, x});
    }
  }
  std::stable_sort(offsets.begin(), offsets.end(),
                   [](const Offset& a, const Offset& b) { return a.y * a.y + a.x * a.x < b.y * b.y + b.x * b.x; });
  return offsets;
}

/// Yes pixels of one side with the numbers of those of the other side that they may be paired with.
class Neighbours {
 public:
  Neighbours(const at::Tensor& from, const at::Tensor& to, double radius) {
    const int64_t height = from.size(0), width = from.size(1);
    const uint8_t* yes = from.data_ptr<uint8_t>();
    const std::vector<int32_t> numbers = number(to);
    const std::vector<Offset> offsets = disc(radius);
    for (int64_t p = 0; p < height * width; ++p) {
      if (yes[p] == 0) continue;
      for (const auto& [dy, dx] : offsets) {
        const int64_t y = p / width + dy, x = p % width + dx;
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        const int32_t other = numbers[static_cast<size_t>(y * width + x)];
        if (other != kNone) list_.push_back(other);
      }
      ends_.push_back(list_.size());
    }
  }

  [[nodiscard]] size_t size() const { return ends_.size(); }
  [[nodiscard]] size_t num_others() const { return num_others_; }
  [[nodiscard]] size_t begin(size_t i) const { return i == 0 ? 0 : ends_[i - 1]; }
  [[nodiscard]] size_t end(size_t i) const { return ends_[i]; }
  [[nodiscard]] size_t operator[](size_t edge) const { return static_cast<size_t>(list_[edge]); }

 private:
  std::vector<int32_t> number(const at::Tensor& to) {
    const uint8_t* yes = to.data_ptr<uint8_t>();
    std::vector<int32_t> numbers(static_cast<size_t>(to.numel()), kNone);
    for (size_t p = 0; p < numbers.size(); ++p) {
      if (yes[p] != 0) numbers[p] = static_cast<int32_t>(num_others_++);
    }
    return numbers;
  }

  size_t num_others_ = 0;
  std::vector<int32_t> list_;
  std::vector<size_t> ends_;  ///< of each pixel's part of `list_`
};

class Matching {
 public:
  explicit Matching(const Neighbours& neighbours)
      : neighbours_(neighbours),
        partner_(neighbours.size(), kNone),
        taken_by_(neighbours.num_others(), kNone),
        layer_(neighbours.size()),
        next_(neighbours.size()) {}

  int64_t operator()() {
    int64_t count = 0;
    for (size_t u = 0; u < neighbours_.size(); ++u) count += pair_with_free(u);
    while (find_layers()) {
      for (size_t u = 0; u < neighbours_.size(); ++u) {
        if (partner_[u] == kNone) count += augment(u);
      }
    }
    return count;
  }

 private:
  int64_t pair_with_free(size_t u) {
    for (size_t edge = neighbours_.begin(u); edge < neighbours_.end(u); ++edge) {
      if (taken_by_[neighbours_[edge]] != kNone) continue;
      pair(u, neighbours_[edge]);
      return 1;
    }
    return 0;
  }

  void pair(size_t u, size_t v) {
    partner_[u] = static_cast<int32_t>(v);
    taken_by_[v] = static_cast<int32_t>(u);
  }

  /// Breadth first from all unpaired pixels along unpaired edges there and pairs back; false if no free partner can be
  /// reached.
  bool find_layers() {
    bool reaches_free = false;
    std::vector<size_t> queue;
    for (size_t u = 0; u < neighbours_.size(); ++u) {
      next_[u] = neighbours_.begin(u);
      layer_[u] = partner_[u] == kNone ? 0 : kNone;
      if (layer_[u] == 0) queue.push_back(u);
    }
    for (size_t i = 0; i < queue.size(); ++i) {
      for (size_t edge = neighbours_.begin(queue[i]); edge < neighbours_.end(queue[i]); ++edge) {
        const int32_t other = taken_by_[neighbours_[edge]];
        if (other == kNone) {
          reaches_free = true;
        } else if (layer_[static_cast<size_t>(other)] == kNone) {
          layer_[static_cast<size_t>(other)] = layer_[queue[i]] + 1;
          queue.push_back(static_cast<size_t>(other));
        }
      }
    }
    return reaches_free;
  }

  /// Depth first from `root`, layer by layer; pairs along the path to a free partner. 1 if there is one.
  int64_t augment(size_t root) {
    path_.assign(1, root);
    while (!path_.empty()) {
      const size_t u = path_.back();
      if (next_[u] == neighbours_.end(u)) {
        path_.pop_back();
        continue;
      }
      const int32_t other = taken_by_[neighbours_[next_[u]++]];
      if (other == kNone) {
        for (const size_t step : path_) pair(step, neighbours_[next_[step] - 1]);
        return 1;
      }
      if (layer_[static_cast<size_t>(other)] == layer_[u] + 1) path_.push_back(static_cast<size_t>(other));
    }
    return 0;
  }

  const Neighbours& neighbours_;
  std::vector<int32_t> partner_;   ///< of each pixel on this side
  std::vector<int32_t> taken_by_;  ///< of each pixel on the other side
  std::vector<int32_t> layer_;
  std::vector<size_t> next_;  ///< edge to try next
  std::vector<size_t> path_;
};

}  // namespace

int64_t count_matches(const at::Tensor& a, const at::Tensor& b, double radius) {
  const Neighbours neighbours(a.contiguous(), b.contiguous(), radius);
  return Matching(neighbours)();
}

}  // namespace reconcile
