// Ray-cast rooms with what NYUv2 asks for: 13 classes, metric depth and surface normals, all exact.
// docs/guide/embedded-data.md describes them.

#include "reconcile/draw/rooms.h"

#include <ATen/ATen.h>

#include "reconcile/base/error.h"
#include "reconcile/data/generated.h"
#include "reconcile/data/write_folder.h"
#include "reconcile/files/npy.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kRoomsVersion = 1;  // raise it when the same seed gives other bytes
constexpr int64_t kLeastSide = 8, kMostSide = 4096;

struct RoomsOptions {
  int64_t seed = 0;
  std::vector<int64_t> size = {64, 96};
  int64_t train_samples = 800;
  int64_t validation_samples = 200;
  int64_t test_samples = 200;
};

DataSignature rooms_signature(const RoomsOptions& options) {
  const auto& size = options.size;
  const auto is_wrong = [](int64_t side) { return side < kLeastSide || side > kMostSide; };
  if (size.size() != 2 || std::any_of(size.begin(), size.end(), is_wrong)) {
    fail<InvalidArgument>("dataset \"rooms\": size = [{}], must be [height, width], both {} to {}.",
                          fmt::join(size, ", "), kLeastSide, kMostSide);
  }
  return {
      {{"semantic", TaskKind::kSegmentation, 13}, {"depth", TaskKind::kDepth, 1}, {"normal", TaskKind::kNormals, 3}},
      {3, size[0], size[1]}};
}

template <class V>
std::span<V> sample_of(const at::Tensor& all, int64_t sample) {
  const int64_t length = all.stride(0);
  return {all.data_ptr<V>() + sample * length, static_cast<size_t>(length)};
}

std::shared_ptr<const ImageSet> draw_rooms(const DataSignature& data, int64_t count, const Rng& stream) {
  const int64_t height = data.input_shape[1];
  const int64_t width = data.input_shape[2];
  const at::Tensor images = at::empty({count, 3, height, width}, at::kByte);
  const at::Tensor labels = at::empty({count, height, width}, at::kChar);
  const at::Tensor depth = at::empty({count, 1, height, width}, at::kFloat);
  const at::Tensor normals = at::empty({count, 3, height, width}, at::kFloat);
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    draw_room(rng, {height, width, sample_of<uint8_t>(images, i), sample_of<int8_t>(labels, i),
                    sample_of<float>(depth, i), sample_of<float>(normals, i)});
  });
  return std::make_shared<ImageSet>(data.tasks, images, std::vector{labels, depth, normals});
}

DataSplits load_rooms(const RoomsOptions& options) {
  const DataSignature data = rooms_signature(options);
  const std::array counts = {options.train_samples, options.validation_samples, options.test_samples};
  return generate_splits(
      {{"generator", "rooms"}, {"version", kRoomsVersion}, {"seed", options.seed}, {"size", options.size}},
      Rng(static_cast<uint64_t>(options.seed)).fork("rooms"), [&](size_t part, const Rng& stream) -> GeneratedPart {
        const auto rooms = draw_rooms(data, counts[part], stream);
        return {rooms, fingerprint(*rooms)};
      });
}

/// NYUv2's layout as MTAN published it: channels last, colours from 0 to 1.
void write_rooms(const std::filesystem::path& folder, const ImageSet& rooms) {
  const auto last = [](const at::Tensor& channels) { return channels.permute({1, 2, 0}).contiguous(); };
  for (int64_t i = 0; i < rooms.size(); ++i) {
    const auto write = [&](const char* what, const at::Tensor& values) {
      write_new_file(folder / what / fmt::format("{}.npy", i), encode_npy(values));
    };
    write("image", last(rooms.images().of_task(0)[i].to(at::kFloat).div_(255)));
    write("label", rooms.targets()[0][i].to(at::kInt));
    write("depth", last(rooms.targets()[1][i]));
    write("normal", last(rooms.targets()[2][i]));
  }
}

/// The format knows training and validation only, and "validation" is what papers test on.
void write_splits(const RoomsOptions& options, const std::filesystem::path& folder) {
  const DataSplits rooms = load_rooms(options);
  write_folder(folder, [&](const std::filesystem::path& into) {
    write_rooms(into / "train", dynamic_cast<const ImageSet&>(*rooms.train));
    write_rooms(into / "val", dynamic_cast<const ImageSet&>(*rooms.test));
  });
}

}  // namespace

DatasetEntry rooms_entry() {
  using O = RoomsOptions;
  return dataset_entry<O>({"rooms", "Ray-cast rooms: 13 classes, depth, normals; needs no files", "ours"},
                          {option("seed", &O::seed, at_least(0), "seed of the rooms"),
                           option("size", &O::size, at_least(1), "[height, width] of the pictures"),
                           option("train_samples", &O::train_samples, at_least(1), "training pictures"),
                           option("validation_samples", &O::validation_samples, at_least(1), "validation pictures"),
                           option("test_samples", &O::test_samples, at_least(1), "test pictures")},
                          load_rooms, rooms_signature, write_splits);
}

}  // namespace reconcile::dataset_entries
