#pragma once

#include "reconcile/base/rng.h"
#include "reconcile/data/image_set.h"
#include "reconcile/data/mnist_files.h"

namespace reconcile {

/// Options of the data sets that overlap two images. Sample counts of 0 mean all.
struct PairsOptions {
  std::string root;
  std::string pickle;
  int64_t seed = 0;
  int64_t train_samples = 0;
  int64_t validation_samples = 0;
  int64_t test_samples = 0;
  bool distinct_labels = false;
  std::string merge = "sum";
};
OptionTable<PairsOptions> pairs_options();

/// The images that one split takes its pairs from, and how it does.
struct Pairing {
  LabelledImages left;   ///< placed at rows and columns 0..4, task T1
  LabelledImages right;  ///< placed at rows and columns 4..8, task T2
  bool distinct_labels = false;
  bool takes_max = false;  ///< where they overlap: the larger value, else the sum cut at 255
};

/// The first `count` of 2 N samples, N the number of left images. Every left image occurs once
/// among the first N, in random order, and once among the last N; so a beginning is a fair sample.
/// Right images are drawn uniformly. DataError if labels must differ but all right images have one
/// label.
std::shared_ptr<const ImageSet> make_pairs(const Pairing& pairing, const Rng& stream, int64_t count);

/// Samples of the training files that are left after, and those in, the last tenth, which is kept
/// for validation.
std::pair<LabelledImages, LabelledImages> hold_out(const LabelledImages& train);

/// Two pairs for each left image: Pareto-MTL's data sets rebuilt (their generator was never
/// published; 120000 training and 20000 test images, here 12000 of the training images are the
/// validation split). Training, validation and test images are never mixed. InvalidArgument for
/// more samples than there are, DataError if files are missing or damaged.
DataSplits load_pairs(const std::string& name, const MnistFiles& left, const MnistFiles& right,
                      const PairsOptions& options);

/// The entry of such a data set.
DatasetEntry pairs_entry(const std::string& name, std::string title, const MnistFiles& left, const MnistFiles& right);

}  // namespace reconcile
