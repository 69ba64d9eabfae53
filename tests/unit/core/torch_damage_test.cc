// Files that are damaged or mean harm: each is refused with a message, none is believed.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "reconcile/base/rng.h"
#include "reconcile/core/torch_file.h"
#include "reconcile/core/weights_file.h"
#include "unit/base/support.h"
#include "unit/core/torch_files.h"

namespace reconcile {
namespace {

using test::expect_message;
using test::global;
using test::legacy_file;
using test::pickle;
using test::tensor;
using test::text;
using test::View;
using test::zip_file;

/// {"a": value}
std::string dict(const std::string& value) { return "}" + text("a") + value + "s"; }

/// Expects that both containers refuse this pickle with a message that contains `part`.
void refuses(const std::string& body, const std::string& part, const std::string& storage = test::floats(4)) {
  expect_message<DataError>([&] { decode_torch_zip(zip_file(pickle(body), storage), "w.pth"); }, "w.pth: ", part);
  expect_message<DataError>([&] { decode_torch_legacy(legacy_file(pickle(body), storage), "w.pth"); }, "w.pth: ", part);
}

TEST(TorchDamage, HandWrittenFilesAreGoodWhenWhole) {
  const std::string object = pickle(dict(tensor({})));
  for (const auto& tensors : {decode_torch_zip(zip_file(object, test::floats(4)), "w.pth"),
                              decode_torch_legacy(legacy_file(object, test::floats(4)), "w.pth")}) {
    ASSERT_EQ(tensors.size(), 1U);
    EXPECT_TRUE(tensors[0].second.equal(at::arange(4, at::kFloat).view({2, 2})));
  }
}

TEST(TorchDamage, GlobalsThatRunProgramsAreRefusedByName) {
  refuses(global("os", "system") + "(" + text("touch /tmp/x") + "tR", "its pickle asks for \"os.system\"");
  refuses(dict(global("builtins", "eval") + "(" + text("1") + "tR"), "its pickle asks for \"builtins.eval\"");
  refuses(text("builtins") + text("exec") + "\x93", "its pickle asks for \"builtins.exec\"");
  refuses(dict(global("torch.storage", "_load_from_bytes")), "its pickle asks for \"torch.storage._load_from_bytes\"");
}

TEST(TorchDamage, OpcodesThatMakeObjectsAreNotThere) {
  refuses("(i__main__\nX\n", "opcode 0x69 of its pickle is not supported");
  refuses(")\x81", "opcode 0x81 of its pickle is not supported");
  refuses("\x82\x01", "opcode 0x82 of its pickle is not supported");
}

TEST(TorchDamage, ViewsMustLieInTheirStorage) {
  const auto view = [](View v) { refuses(dict(tensor(v)), "does not fit into its storage of 4 numbers"); };
  view({.sizes = {2, 3}, .strides = {3, 1}});
  view({.offset = 1});
  view({.offset = -1});
  view({.sizes = {-1}, .strides = {1}});
  view({.sizes = {2}, .strides = {-1}});
  view({.sizes = {2, 2}, .strides = {1}});
  view({.sizes = {3}, .strides = {INT64_MAX}});
  view({.offset = INT64_MAX, .sizes = {2}, .strides = {1}});
  view({.offset = INT64_MAX, .sizes = {1}, .strides = {1}});
  view({.sizes = {INT64_MAX, INT64_MAX}, .strides = {0, 0}});
  view({.offset = 5, .sizes = {0}, .strides = {1}});
  refuses(dict(tensor({.sizes = std::vector<int64_t>(65, 1), .strides = std::vector<int64_t>(65, 1)})),
          "the shape of tensor \"a\" is no list of numbers");
}

TEST(TorchDamage, StoragesMustBeWhatThePickleSays) {
  refuses(dict(tensor({.numel = 5})), "has 16 bytes, its tensors need 20");
  refuses(dict(tensor({.numel = 1 << 30})), "storage \"0\" claims 4294967296 bytes, more than the file has");
  refuses(dict(tensor({.numel = INT64_MAX})), "a tensor has no storage");
  refuses(dict(tensor({.numel = -1})), "a tensor has no storage");
  refuses(dict(tensor({.type = "Size"})), "a tensor has no storage");
  refuses("}(" + text("a") + tensor({}) + text("b") + tensor({.type = "IntStorage"}) + "u",
          "storage \"0\" has two types or sizes");
  refuses("}(" + text("a") + tensor({}) + text("b") + tensor({.numel = 8, .sizes = {8}, .strides = {1}}) + "u",
          "storage \"0\" has two types or sizes");
  expect_message<DataError>(
      [] { decode_torch_zip(zip_file(pickle(dict(tensor({.key = "7"}))), test::floats(4)), "w.pth"); },
      "its archive has no entry \"archive/data/7\"");
  expect_message<DataError>(
      [] { decode_torch_legacy(legacy_file(pickle(dict(tensor({.key = "7"}))), test::floats(4)), "w.pth"); },
      "storage \"0\" is not there");
}

TEST(TorchDamage, TensorsMustBeDescribed) {
  const std::string call = global("torch._utils", "_rebuild_tensor_v2");
  refuses(dict(call + ")R"), "tensor \"a\" is not described");
  refuses(dict(global("torch._utils", "_rebuild_parameter") + ")R"), "parameter \"a\" has no tensor");
  refuses(dict(call + "(NK\x01))tR"), "a tensor has no storage");
  refuses("}(" + text("a") + tensor({}) + text("a") + tensor({}) + "u", "it has two tensors \"a\"");
  refuses("]", "holds no dictionary of tensors");
}

TEST(TorchDamage, DeepNestingIsRefusedOnlyWhereItIsFollowed) {
  const auto nested = [](int depth) {
    std::string body;
    for (int i = 0; i < depth; ++i) body += "}" + text("k");
    return body + "N" + std::string(static_cast<size_t>(depth), 's');
  };
  EXPECT_TRUE(decode_torch_zip(zip_file(pickle(nested(64)), ""), "w.pth").empty());
  refuses(nested(65), "nested more than 64 deep");
  refuses("}q\x01" + text("me") + "h\x01s", "nested more than 64 deep");
  const std::string lists = std::string(100000, ']') + std::string(99999, 'a');
  EXPECT_TRUE(decode_torch_zip(zip_file(pickle(dict(lists)), ""), "w.pth").empty());
}

TEST(TorchDamage, BombsAreRefused) {
  std::string doubling = "}q" + std::string(1, '\0');  // each dictionary holds the one before twice
  for (char i = 1; i < 40; ++i) {
    const std::string before = "h" + std::string(1, static_cast<char>(i - 1));
    doubling += "}(" + text("a") + before + text("b") + before + "uq" + std::string(1, i);
  }
  refuses(doubling, "it has more than 1048576 entries");
  std::string names = "}(" + text("0") + dict(tensor({})) + "q" + std::string(1, '\0');
  for (char i = 1; i < 18; ++i) {  // 2^17 tensors below a long name
    const std::string before = "h" + std::string(1, static_cast<char>(i - 1));
    names += text(std::to_string(i)) + "}(" + text("a") + before + text("b") + before + "uq" + std::string(1, i);
  }
  refuses(names + text(std::string(4000, 'n')) + "h\x11u", "its names have more than 67108864 bytes");
  refuses(std::string((1 << 22) + 1, 'N'), "its pickle has more than 4194304 values");
  refuses(dict("N") + text(std::string(5000, 'n')) + tensor({}) + "s", "a name has more than 4096 bytes");
}

TEST(TorchDamage, BrokenPicklesAreRefused) {
  refuses("h\x05", "it refers to a value that is not there at byte");
  refuses("a", "a value is missing");
  refuses("e", "a mark is missing");
  refuses("N(s", "a value is missing");
  refuses("NNs", "a value is missing");
  refuses("NNNs", "a list or dictionary is missing");
  refuses("}(Nu", "a key has no value");
  refuses("NNR", "a call has no function");
  refuses("X\xff\xff\xff\xffname", "it is cut short");
  refuses("cmodule", "it is cut short");
}

TEST(TorchDamage, EveryCutIsRefused) {
  const std::string object = pickle(dict(tensor({})));
  const std::string zip = zip_file(object, test::floats(4));
  const std::string legacy = legacy_file(object, test::floats(4));
  for (size_t n = 0; n < zip.size(); ++n) EXPECT_THROW(decode_torch_zip(zip.substr(0, n), "w.pth"), DataError) << n;
  for (size_t n = 0; n < legacy.size(); ++n) {
    EXPECT_THROW(decode_torch_legacy(legacy.substr(0, n), "w.pth"), DataError) << n;
  }
  expect_message<DataError>([&] { decode_torch_zip(zip.substr(0, 100), "w.pth"); }, "w.pth: not a whole zip archive");
  expect_message<DataError>([&] { decode_torch_legacy(legacy.substr(0, legacy.size() - 1), "w.pth"); },
                            "w.pth: cut short or damaged: storage \"0\" is not there");
}

TEST(TorchDamage, ForeignFilesAreNamed) {
  const test::TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) {
    return [&, bytes] { read_weights(folder.write("f.pth", bytes)); };
  };
  expect_message<DataError>(read(""), "f.pth: no file of weights: it has 0 bytes");
  expect_message<DataError>(read("<!DOCTYPE html>\n<html>"), "begins with \"<!DOCTYPE html>.\"",
                            "Readable are safetensors");
  expect_message<DataError>(read(pickle("}")), "a pickle, but not of torch.save");
  expect_message<DataError>(read(make_zip({{"a.txt", "hello"}})), "a zip archive, but not of torch.save");
  expect_message<DataError>(read(make_zip({{"a/data.pkl", pickle("}")}, {"a/byteorder", "big"}})),
                            "big-endian machine");
  expect_message<DataError>([&] { read_weights(folder / "missing.pth"); }, "missing.pth: cannot read");
}

TEST(TorchDamage, OldViewsOfStoragesAreRefused) {
  const std::string id = "(" + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + "K\x04";
  const std::string call = global("torch._utils", "_rebuild_tensor") + "(" + id;
  const std::string rest = "tQK" + std::string(1, '\0') + "K\x04\x85K\x01\x85tR";
  EXPECT_EQ(decode_torch_legacy(legacy_file(pickle(dict(call + "N" + rest)), test::floats(4)), "w.pth").size(), 1U);
  refuses(dict(call + "(" + text("view") + "K\x01K\x02t" + rest), "has views of storages, as PyTorch wrote before 0.4");
}

TEST(TorchDamage, OrderedDictsOfPython2AreRead) {
  const std::string list = "](](" + text("a") + tensor({}) + "ee";
  const std::string object = pickle(global("collections", "OrderedDict") + list + "\x85R");
  const auto tensors = decode_torch_legacy(legacy_file(object, test::floats(4)), "w.pth");
  ASSERT_EQ(tensors.size(), 1U);
  EXPECT_EQ(tensors[0].first, "a");
}

/// Flips, cuts, and repeats bytes of good files: they are read, or refused as data, and nothing else ever happens.
TEST(TorchDamage, RandomDamageNeverDoesMoreThanThrow) {
  const NamedTensors good = {{"conv.weight", at::arange(12, at::kFloat).view({3, 4})},
                             {"norm.mean", at::ones({3}, at::kDouble)},
                             {"count", at::scalar_tensor(3, at::kLong)}};
  const std::string object = pickle("}(" + text("a") + tensor({}) + text("b") + dict(tensor({})) + "u");
  const std::vector<std::string> files = {encode_torch(good), encode_safetensors(good),
                                          zip_file(object, test::floats(4)), legacy_file(object, test::floats(4)),
                                          object};
  const auto decode = [&](const std::string& bytes, size_t kind) {
    if (kind == 1) return decode_safetensors(bytes, "f");
    if (kind == 3) return decode_torch_legacy(bytes, "f");
    return decode_torch_zip(kind == 4 ? zip_file(bytes, test::floats(4)) : bytes, "f");
  };
  Rng rng(7);
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    const size_t kind = i % files.size();
    std::string bytes = files[kind];
    for (uint64_t flips = rng.below(4); flips > 0; --flips)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.below(256));
    if (rng.below(4) == 0) bytes.resize(rng.below(bytes.size()));
    if (rng.below(4) == 0) bytes += bytes.substr(rng.below(bytes.size() + 1));
    try {
      for (const auto& [name, value] : decode(bytes, kind)) {
        if (value.numel() < 1000) value.to(at::kDouble).sum().item<double>();
      }
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 8000);
  EXPECT_LT(refused, 19000);
}

}  // namespace
}  // namespace reconcile
