// Drawn faces with forty correlated attributes, named as CelebA's. docs/guide/embedded-data.md describes them.

#include "reconcile/draw/faces.h"

#include <ATen/ATen.h>

#include "reconcile/data/generated.h"
#include "reconcile/data/write_folder.h"
#include "reconcile/files/picture.h"

namespace reconcile::dataset_entries {
namespace {

constexpr int64_t kFacesVersion = 1;  // raise it when the same seed gives other bytes
constexpr int kFaceQuality = 95;      // of JPEG files

struct FacesOptions {
  int64_t seed = 0;
  int64_t size = 64;
  std::string answers = "classes";
  int64_t train_samples = 2000;
  int64_t validation_samples = 400;
  int64_t test_samples = 400;
};

DataSignature faces_signature(const FacesOptions& options) {
  TaskSet tasks;
  for (const auto& name : attribute_names()) {
    tasks.push_back(options.answers == "classes" ? Task{name, TaskKind::kClassification, 2}
                                                 : Task{name, TaskKind::kMultiLabel, 1});
  }
  return {std::move(tasks), {3, options.size, options.size}};
}

/// Pictures [N, 3, side, side] and answers int8 [N, 40].
struct Faces {
  at::Tensor images;
  at::Tensor answers;
};

Faces draw_faces(int64_t side, int64_t count, const Rng& stream) {
  Faces faces{at::empty({count, 3, side, side}, at::kByte), at::empty({count, kNumAttributes}, at::kChar)};
  const int64_t pixels = 3 * side * side;
  uint8_t* bytes = faces.images.data_ptr<uint8_t>();
  int8_t* answers = faces.answers.data_ptr<int8_t>();
  draw_samples(count, stream, [&](int64_t i, Rng rng) {
    const Traits traits = draw_traits(rng.fork("traits"));
    std::copy(traits.begin(), traits.end(), answers + i * std::ssize(traits));
    draw_face(traits, side, rng.fork("face"), {bytes + i * pixels, static_cast<size_t>(pixels)});
  });
  return faces;
}

std::shared_ptr<const ImageSet> face_set(const DataSignature& data, const Faces& faces) {
  std::vector<at::Tensor> targets;
  for (size_t t = 0; t < data.tasks.size(); ++t) {
    const auto column = static_cast<int64_t>(t);
    const bool is_class_task = data.tasks[t].kind == TaskKind::kClassification;
    const at::Tensor answers = faces.answers.narrow(1, column, 1).contiguous();
    targets.push_back(is_class_task ? answers.squeeze(1) : answers);
  }
  return std::make_shared<ImageSet>(data.tasks, faces.images, std::move(targets));
}

std::array<int64_t, 3> counts_of(const FacesOptions& options) {
  return {options.train_samples, options.validation_samples, options.test_samples};
}

Rng faces_stream(const FacesOptions& options) { return Rng(static_cast<uint64_t>(options.seed)).fork("faces"); }

DataSplits load_faces(const FacesOptions& options) {
  const DataSignature data = faces_signature(options);
  return generate_splits({{"generator", "faces"},
                          {"version", kFacesVersion},
                          {"seed", options.seed},
                          {"size", options.size},
                          {"answers", options.answers}},
                         faces_stream(options), [&](size_t part, const Rng& stream) -> GeneratedPart {
                           const Faces faces = draw_faces(options.size, counts_of(options)[part], stream);
                           const auto samples = face_set(data, faces);
                           return {samples, fingerprint(*samples)};
                         });
}

/// CelebA's layout: all pictures in one folder, numbered; tables of attributes and of parts.
void write_faces(const FacesOptions& options, const std::filesystem::path& folder) {
  std::string attributes, parts;
  int64_t number = 0;
  write_folder(folder, [&](const std::filesystem::path& into) {
    for (size_t part = 0; part < kPartNames.size(); ++part) {
      const Faces faces =
          draw_faces(options.size, counts_of(options)[part], faces_stream(options).fork(kPartNames[part]));
      for (int64_t i = 0; i < faces.images.size(0); ++i) {
        const std::string name = fmt::format("{:06}.jpg", ++number);
        write_new_file(into / "img_align_celeba" / name, encode_jpeg(faces.images[i], kFaceQuality));
        parts += fmt::format("{} {}\n", name, part);
        attributes += name;
        const int8_t* answers = faces.answers[i].data_ptr<int8_t>();
        for (size_t t = 0; t < kNumAttributes; ++t) attributes += answers[t] == 1 ? "  1" : " -1";
        attributes += '\n';
      }
    }
    write_new_file(into / "list_eval_partition.txt", parts);
    write_new_file(into / "list_attr_celeba.txt",
                   fmt::format("{}\n{}\n{}", number, fmt::join(attribute_names(), " "), attributes));
  });
}

}  // namespace

DatasetEntry faces_entry() {
  using O = FacesOptions;
  return dataset_entry<O>({"faces", "Drawn faces with CelebA's forty attributes; needs no files", "ours"},
                          {option("seed", &O::seed, at_least(0), "seed of the faces"),
                           option("size", &O::size, between(8, 1024), "height and width of the pictures"),
                           option("answers", &O::answers, one_of({"classes", "labels"}),
                                  "each attribute one of two classes, or one yes-or-no label"),
                           option("train_samples", &O::train_samples, at_least(1), "training faces"),
                           option("validation_samples", &O::validation_samples, at_least(1), "validation faces"),
                           option("test_samples", &O::test_samples, at_least(1), "test faces")},
                          load_faces, faces_signature, write_faces);
}

}  // namespace reconcile::dataset_entries
