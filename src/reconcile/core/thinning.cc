#include "reconcile/core/thinning.h"

#include <ATen/ATen.h>

#include <array>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// Whether a pixel with these neighbours goes in the first or second pass. Bit k is neighbour k, counter-clockwise from
/// the right: E, NE, N, NW, W, SW, S, SE.
constexpr bool removable(unsigned neighbours, bool second) {
  const auto x = [neighbours](int k) { return (neighbours >> (k % 8) & 1U) != 0; };
  int crossings = 0;
  int pairs = 0;
  int shifted_pairs = 0;
  for (int k = 0; k < 8; k += 2) {
    crossings += !x(k) && (x(k + 1) || x(k + 2)) ? 1 : 0;
    pairs += x(k) || x(k + 1) ? 1 : 0;
    shifted_pairs += x(k + 1) || x(k + 2) ? 1 : 0;
  }
  const int least = std::min(pairs, shifted_pairs);
  const bool held = second ? x(4) && (x(5) || x(6) || !x(3)) : x(0) && (x(1) || x(2) || !x(7));
  return crossings == 1 && least >= 2 && least <= 3 && !held;
}

using Removable = std::array<bool, 256>;

constexpr Removable make_table(bool second) {
  Removable table{};
  for (unsigned code = 0; code < table.size(); ++code) table[code] = removable(code, second);
  return table;
}

constexpr std::array<Removable, 2> kRemovable = {make_table(false), make_table(true)};

/// One pass over the pixels that are still inside; whether any went.
bool pass(const Removable& table, int64_t stride, uint8_t* pixels, std::vector<int64_t>& inside) {
  const std::array<int64_t, 8> steps = {1, 1 - stride, -stride, -1 - stride, -1, stride - 1, stride, stride + 1};
  std::vector<int64_t> kept;
  std::vector<int64_t> gone;
  for (const int64_t at : inside) {
    unsigned code = 0;
    for (size_t k = 0; k < steps.size(); ++k) code |= static_cast<unsigned>(pixels[at + steps[k]]) << k;
    (table[code] ? gone : kept).push_back(at);
  }
  for (const int64_t at : gone) pixels[at] = 0;
  inside = std::move(kept);
  return !gone.empty();
}

}  // namespace

at::Tensor thin(const at::Tensor& mask) {
  if (mask.dim() != 2 || mask.scalar_type() != at::kByte) {
    fail<InvalidArgument>("thin: the mask is {} [{}], must be uint8 [height, width].",
                          c10::toString(mask.scalar_type()), fmt::join(mask.sizes(), ", "));
  }
  const at::Tensor padded = at::constant_pad_nd(mask.ne(0).to(at::kByte), {1, 1, 1, 1}).contiguous();
  uint8_t* pixels = padded.data_ptr<uint8_t>();
  std::vector<int64_t> inside;
  for (int64_t i = 0; i < padded.numel(); ++i) {
    if (pixels[i] != 0) inside.push_back(i);
  }
  bool changed = true;
  while (changed) {
    changed = pass(kRemovable[0], padded.size(1), pixels, inside);
    changed = pass(kRemovable[1], padded.size(1), pixels, inside) || changed;
  }
  return padded.slice(0, 1, -1).slice(1, 1, -1).contiguous();
}

}  // namespace reconcile
