#include "reconcile/data/pairs.h"

#include "reconcile/base/error.h"
#include "reconcile/data/generated.h"
#include "reconcile/data/pairs_file.h"

namespace reconcile {
namespace {

constexpr int64_t kGeneratorVersion = 1;  // raise it when the same seed gives other bytes
constexpr int64_t kPairsPerImage = 2;
constexpr int64_t kItemSide = 28;
constexpr int64_t kNumOffsets = 5;
constexpr int64_t kRightBegin = 4;

struct Offset {
  int64_t y;
  int64_t x;
};

const uint8_t* item(const LabelledImages& items, int64_t i) {
  return items.images.data_ptr<uint8_t>() + i * kItemSide * kItemSide;
}

template <class Merge>
void place(const uint8_t* item, Offset at, std::span<uint8_t> canvas, Merge merge) {
  for (int64_t y = 0; y < kItemSide; ++y) {
    for (int64_t x = 0; x < kItemSide; ++x) {
      uint8_t& pixel = canvas[(at.y + y) * kGeneratedSide + at.x + x];
      pixel = static_cast<uint8_t>(merge(int{pixel}, int{item[y * kItemSide + x]}));
    }
  }
}

Offset draw_offset(int64_t begin, Rng& rng) {
  const int64_t y = begin + rng.below(kNumOffsets);
  return {y, begin + rng.below(kNumOffsets)};
}

std::array<int64_t, 2> draw_pair(const Pairing& pairing, int64_t left, Rng& rng, std::span<uint8_t> canvas) {
  const int64_t* right_labels = pairing.right.labels.data_ptr<int64_t>();
  const int64_t left_label = pairing.left.labels.data_ptr<int64_t>()[left];
  int64_t right = rng.below(pairing.right.labels.size(0));
  while (pairing.distinct_labels && right_labels[right] == left_label) {
    right = rng.below(pairing.right.labels.size(0));
  }
  const auto sum = [](int a, int b) { return std::min(a + b, 255); };
  const auto larger = [](int a, int b) { return std::max(a, b); };
  place(item(pairing.left, left), draw_offset(0, rng), canvas, sum);
  const Offset at = draw_offset(kRightBegin, rng);
  pairing.takes_max ? place(item(pairing.right, right), at, canvas, larger)
                    : place(item(pairing.right, right), at, canvas, sum);
  return {left_label, right_labels[right]};
}

/// The count asked for, 0 standing for all.
int64_t resolve_count(const std::string& name, const std::string& option, int64_t asked, const Pairing& pairing) {
  const int64_t all = kPairsPerImage * pairing.left.labels.size(0);
  if (asked > all) {
    fail<InvalidArgument>("dataset \"{}\": {} = {}, must be <= {}, which 0 gives too.", name, option, asked, all);
  }
  return asked == 0 ? all : asked;
}

struct Pools {
  LabelledImages train;
  LabelledImages validation;
  LabelledImages test;
};

Pools read_pools(const MnistFiles& files, const std::string& root) {
  const auto folder = find_folder(files, data_roots(root));
  auto [train, validation] = hold_out(read_part(folder, "train"));
  return {std::move(train), std::move(validation), read_part(folder, "t10k")};
}

}  // namespace

OptionTable<PairsOptions> pairs_options() {
  using O = PairsOptions;
  return {
      option("root", &O::root, any(), kRootHelp),
      option("pickle", &O::pickle, any(),
             "Pareto MTL's own pickle of this data set (multi_mnist.pickle ...); empty: pairs are made from the files "
             "of MNIST"),
      option("seed", &O::seed, at_least(0), "seed of the pairing and the offsets"),
      option("train_samples", &O::train_samples, at_least(0), "the first n training samples, in random order; 0: all"),
      option("validation_samples", &O::validation_samples, at_least(0), "the first n validation samples; 0: all"),
      option("test_samples", &O::test_samples, at_least(0), "the first n test samples; 0: all"),
      option("distinct_labels", &O::distinct_labels, any(), "pair images of different classes only"),
      option("merge", &O::merge, one_of({"sum", "max"}), "pixels that overlap: sum (cut at 255) or max"),
  };
}

std::shared_ptr<const ImageSet> make_pairs(const Pairing& pairing, const Rng& stream, int64_t count) {
  const at::Tensor& labels = pairing.right.labels;
  if (pairing.distinct_labels && labels.min().item<int64_t>() == labels.max().item<int64_t>()) {
    fail<DataError>("pairs: distinct_labels = true, but all {} right images have label {}. Set it to false.",
                    labels.size(0), labels.min().item<int64_t>());
  }
  const int64_t num_left = pairing.left.labels.size(0);
  const auto order = stream.fork("order").permutation(num_left);
  return generate(count, stream, [&](int64_t sample, Rng rng, std::span<uint8_t> canvas) {
    return draw_pair(pairing, order[sample % num_left], rng, canvas);
  });
}

std::pair<LabelledImages, LabelledImages> hold_out(const LabelledImages& train) {
  const int64_t size = train.labels.size(0);
  const int64_t kept = size - size / 10;
  return {{train.images.slice(0, 0, kept), train.labels.slice(0, 0, kept)},
          {train.images.slice(0, kept), train.labels.slice(0, kept)}};
}

DataSplits load_pairs(const std::string& name, const MnistFiles& left, const MnistFiles& right,
                      const PairsOptions& options) {
  if (options.distinct_labels && left.name != right.name) {
    fail<InvalidArgument>(
        "dataset \"{}\": distinct_labels = true compares classes of {} with classes of {}. "
        "Leave it out.",
        name, left.name, right.name);
  }
  const Pools left_pools = read_pools(left, options.root);
  const Pools right_pools = left.name == right.name ? left_pools : read_pools(right, options.root);
  constexpr std::array kPools = {&Pools::train, &Pools::validation, &Pools::test};
  const std::array asked = {options.train_samples, options.validation_samples, options.test_samples};
  return generate_splits(
      {{"generator", "pairs"},
       {"version", kGeneratorVersion},
       {"left", left.name},
       {"right", right.name},
       {"seed", options.seed},
       {"distinct_labels", options.distinct_labels},
       {"merge", options.merge}},
      Rng(static_cast<uint64_t>(options.seed)).fork("pairs"), [&](size_t part, const Rng& stream) -> GeneratedPart {
        const Pairing pairing = {left_pools.*kPools[part], right_pools.*kPools[part], options.distinct_labels,
                                 options.merge == "max"};
        const std::string option = fmt::format("{}_samples", kPartNames[part]);
        const auto pairs = make_pairs(pairing, stream, resolve_count(name, option, asked[part], pairing));
        return {pairs, fingerprint(*pairs)};
      });
}

DatasetEntry pairs_entry(const std::string& name, std::string title, const MnistFiles& left, const MnistFiles& right) {
  const auto load = [=](const PairsOptions& options) {
    return options.pickle.empty() ? load_pairs(name, left, right, options) : load_pairs_file(name, options);
  };
  const auto find = [=](const PairsOptions& options) {
    find_folder(right, data_roots(options.root));
    return find_folder(left, data_roots(options.root));
  };
  return dataset_entry<PairsOptions>(
      {name, std::move(title), "after Lin et al. 2019, Pareto MTL, arXiv:1912.12854; rebuilt"}, pairs_options(), load,
      [](const PairsOptions&) { return generated_signature(); }, {}, find);
}

}  // namespace reconcile
