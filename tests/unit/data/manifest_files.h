#pragma once

#include <ATen/ATen.h>

#include "reconcile/files/npy.h"
#include "reconcile/files/picture.h"
#include "unit/base/support.h"

namespace reconcile::testing {

/// Ten images 4 x 6 with a target file for each kind of task, tables, and `road.toml` that describes them. Image i is
/// filled with 10 i; segmentation: class i % 3, first pixel 255; depth: i millimetres, first pixel 0.
class ManifestFolder {
 public:
  ManifestFolder() {
    std::string tags = "name,weather,a,b,temperature\n";
    for (int i = 0; i < 10; ++i) {
      const std::string id = fmt::format("{:02}", i);
      const at::Tensor labels = at::full({4, 6}, i % 3, at::kInt);
      labels[0][0] = 255;
      const at::Tensor depth = at::full({4, 6}, 1000 * i + 500, at::kInt);
      depth[0][0] = 0;
      at::Tensor normals = at::zeros({4, 6, 3}, at::kFloat);
      normals.select(2, 2).fill_(1);
      normals[0][0].zero_();
      const at::Tensor mask = at::full({4, 6}, i % 2, at::kInt) * 255;
      folder_.write("rgb/" + id + ".png", encode_png(at::full({3, 4, 6}, 10 * i, at::kByte)));
      if (i != 3) folder_.write("lanes/" + id + ".png", encode_png(labels.to(at::kByte).unsqueeze(0)));
      folder_.write("range/" + id + ".png", encode_png(depth));
      folder_.write("normal/" + id + ".npy", encode_npy(normals));
      folder_.write("mask/" + id + ".png", encode_png(mask.to(at::kByte).unsqueeze(0)));
      const std::string weather = i == 4 ? "" : i % 2 == 0 ? "rain" : "sun";
      tags += fmt::format("{},{},{},{},{}\n", id, weather, i % 2, i == 5 ? "" : "1", i == 6 ? -99 : 2 * i);
    }
    folder_.write("tags.csv", tags);
    folder_.write("train.txt", "00\n01\n02\n03\n04\n05\n\n");
    folder_.write("validation.txt", "06\n07\n");
    folder_.write("test.txt", "08\r\n09");
  }

  /// Writes `road.toml` and returns its path.
  std::filesystem::path manifest(const std::string& text) const { return folder_.write("road.toml", text); }
  [[nodiscard]] const test::TemporaryFolder& folder() const { return folder_; }

  static constexpr const char* kDataset = R"([dataset]
image = "rgb/{id}.png"
split.train = "train.txt"
split.validation = "validation.txt"
split.test = "test.txt"
)";

 private:
  test::TemporaryFolder folder_;
};

}  // namespace reconcile::testing
