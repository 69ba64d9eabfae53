#include "fuzz/look.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/core/weights_file.h"
#include "reconcile/data/packed_file.h"
#include "reconcile/files/mapped_file.h"
#include "unit/core/torch_files.h"

namespace reconcile::fuzz {
namespace {

NamedTensors some_tensors() {
  return {{"conv.weight", ramp({3, 4}).to(at::kFloat)},
          {"norm.mean", at::ones({3}, at::kDouble)},
          {"count", at::scalar_tensor(3, at::kLong)},
          {"mask", at::ones({5}, at::kBool)}};
}

/// A safetensors file with these metadata.
std::string with_metadata(const std::string& plain, const Json& metadata) {
  uint64_t length = 0;
  std::memcpy(&length, plain.data(), sizeof length);
  Json header = Json::parse(plain.substr(sizeof length, length));
  header["__metadata__"] = metadata;
  const std::string text = header.dump();
  return test::raw(static_cast<uint64_t>(text.size())) + text + plain.substr(sizeof length + length);
}

Target safetensors_target() {
  const Json plain = {{"format", "pt"}};  // without the checksum of ours, which would refuse every change
  return {"safetensors",
          {with_metadata(encode_safetensors(some_tensors()), plain),
           with_metadata(encode_safetensors({{"a", ramp({2}).to(at::kHalf)}}), plain)},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            look_at(decode_safetensors(bytes, path));
            look_at(map_safetensors(path));
            look_at(read_weights(path));
          },
          true};
}

void look_at(const Dataset& part) {
  if (part.size() == 0) return;
  const Batch batch = part.batch(std::vector<int64_t>{0, part.size() - 1});
  for (const auto& values : batch.inputs.values()) fuzz::look_at(values);
  for (const auto& target : batch.targets) fuzz::look_at(target);
}

Target packed_target() {
  const auto pixels = [](int64_t count) { return ramp({count, 1, 2, 3}).remainder(256).to(at::kByte); };
  const TaskSet tasks{{"kind", TaskKind::kClassification, 3}, {"depth", TaskKind::kDepth, 1}};
  NamedTensors shared;
  NamedTensors apart;
  for (const char* part : {"train", "validation", "test"}) {
    const auto name = [part](const char* rest) { return fmt::format("{}/{}", part, rest); };
    const NamedTensors both = {{name("target/kind"), at::tensor({0, 2, 1}, at::kChar)},
                               {name("target/depth"), pixels(3).to(at::kFloat)}};
    shared.emplace_back(name("input"), pixels(3));
    for (const char* task : {"input/kind", "input/depth"}) apart.emplace_back(name(task), pixels(3));
    for (NamedTensors* list : {&shared, &apart}) list->insert(list->end(), both.begin(), both.end());
  }
  const Json metadata = packed_metadata(tasks, {{"made", "here"}}, {{"train/input", "00000000"}});
  return {"packed",
          {with_metadata(encode_safetensors(shared), metadata), with_metadata(encode_safetensors(apart), metadata)},
          as_it_is,
          [](const std::string&, const Path& path) {
            (void)packed_signature(path);
            const DataSplits data = load_packed(path, false);
            for (const auto& part : {data.train, data.validation, data.test}) look_at(*part);
          },
          true};
}

std::vector<Target> torch_targets() {
  const auto zip = [](const std::string& bytes, const Path& path) { fuzz::look_at(decode_torch_zip(bytes, path)); };
  const auto legacy = [](const std::string& bytes, const Path& path) {
    fuzz::look_at(decode_torch_legacy(bytes, path));
  };
  const std::string object = test::pickle("}(" + test::text("a") + test::tensor({}) + test::text("b") +
                                          test::tensor({.offset = 1, .sizes = {3}, .strides = {1}}) + "u");
  const std::string floats = test::floats(4);
  const auto in_zip = [floats](const std::string& bytes, Rng&) { return test::zip_file(bytes, floats); };
  return {{"torch_zip", {encode_torch(some_tensors()), test::zip_file(object, floats)}, as_it_is, zip},
          {"torch_legacy", {test::legacy_file(object, floats)}, as_it_is, legacy},
          {"torch_pickle", {object}, in_zip, zip}};
}

}  // namespace

std::vector<Target> weight_targets() {
  std::vector<Target> all = torch_targets();
  all.push_back(safetensors_target());
  all.push_back(packed_target());
  return all;
}

}  // namespace reconcile::fuzz
