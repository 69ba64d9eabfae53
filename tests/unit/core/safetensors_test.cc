#include "reconcile/core/safetensors.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

namespace reconcile {
namespace {

using test::expect_message;

/// A file with this header and data.
std::string file_of(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + data;
}

NamedTensors decode(const std::string& bytes) { return decode_safetensors(bytes, "run/weights.safetensors"); }

/// Expects a DataError that names the file and contains `part`.
void refuses_file(const std::string& bytes, const std::string& part) {
  expect_message<DataError>([&] { decode(bytes); }, "run/weights.safetensors: ", part);
}

TEST(Safetensors, RoundTripKeepsNamesOrderTypesShapesAndBits) {
  const NamedTensors tensors = {
      {"z", at::tensor({1.5F, -0.0F, NAN}, at::kFloat)},    {"a.weight", at::arange(6, at::kDouble).view({2, 3}).t()},
      {"count", at::tensor({int64_t{1} << 60}, at::kLong)}, {"bytes", at::tensor({0, 255}, at::kByte)},
      {"scalar", at::scalar_tensor(3.0, at::kFloat)},       {"empty", at::empty({0, 4}, at::kFloat)}};
  const NamedTensors back = decode(encode_safetensors(tensors));
  ASSERT_EQ(back.size(), tensors.size());
  for (size_t i = 0; i < back.size(); ++i) {
    EXPECT_EQ(back[i].first, tensors[i].first);
    const at::Tensor expected = tensors[i].second.contiguous();
    ASSERT_EQ(back[i].second.scalar_type(), expected.scalar_type());
    ASSERT_EQ(back[i].second.sizes(), expected.sizes());
    EXPECT_EQ(
        expected.nbytes() == 0 || std::memcmp(back[i].second.data_ptr(), expected.data_ptr(), expected.nbytes()) == 0,
        true);
  }
}

TEST(Safetensors, HasTheLayoutOfTheFormat) {
  EXPECT_EQ(
      encode_safetensors({{"a", at::tensor({1, 2}, at::kByte)}}),
      file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"__metadata__":{"crc32":"d5352764"}}       )",
              "\x01\x02"));
}

TEST(Safetensors, EveryFlippedBitIsSeenOrHarmless) {
  const NamedTensors given = {{"weight", at::tensor({1.5F, -2.0F})}, {"count", at::tensor({7}, at::kLong)}};
  const std::string good = encode_safetensors(given);
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    NamedTensors found;
    try {
      found = decode(bytes);
    } catch (const DataError&) {
      continue;
    }
    ASSERT_EQ(found.size(), 2U) << bit;
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(found[i].first, given[i].first) << bit;
      EXPECT_TRUE(found[i].second.equal(given[i].second)) << bit;
    }
  }
  std::string bytes = good;
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  refuses_file(bytes, "its metadata says");
}

TEST(Safetensors, AlignsTheData) {
  for (const std::string name : {"a", "ab", "abc", "abcdefgh"}) {
    const std::string bytes = encode_safetensors({{name, at::zeros({1})}});
    EXPECT_EQ((bytes.size() - 4) % 8, 0U);
  }
}

TEST(Safetensors, RoundTripsNothing) { EXPECT_TRUE(decode(encode_safetensors({})).empty()); }

TEST(Safetensors, SkipsForeignMetadata) {
  const auto tensors =
      decode(file_of(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                     std::string(4, '\0')));
  ASSERT_EQ(tensors.size(), 1U);
  EXPECT_EQ(tensors[0].first, "a");
}

TEST(Safetensors, DecodedTensorsOwnTheirData) {
  std::string bytes = encode_safetensors({{"a", at::ones({3})}});
  const auto tensors = decode(bytes);
  std::fill(bytes.begin(), bytes.end(), '\0');
  EXPECT_TRUE(tensors[0].second.equal(at::ones({3})));
}

TEST(Safetensors, RoundTripsEveryTypeOfTheFormat) {
  for (const auto type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kBFloat16,
                          at::kFloat, at::kDouble, at::kComplexFloat}) {
    const at::Tensor value = at::tensor({0, 1, 1}, at::kDouble).to(type);
    const auto back = decode(encode_safetensors({{"a", value}}));
    EXPECT_EQ(back[0].second.scalar_type(), type);
    EXPECT_TRUE(back[0].second.equal(value)) << type;
  }
}

TEST(Safetensors, RefusesToEncodeWhatTheFormatHasNot) {
  expect_message<InvalidArgument>(
      [] {
        encode_safetensors({{"a", at::zeros({1}, at::kComplexDouble)}});
      },
      "the format has no numbers of type ComplexDouble.");
  expect_message<InvalidArgument>(
      [] {
        encode_safetensors({{"a", at::zeros({1})}, {"a", at::zeros({1})}});
      },
      "there are two tensors \"a\".");
}

TEST(Safetensors, RefusesEveryCut) {
  const std::string bytes = encode_safetensors({{"a", at::ones({3})}, {"b", at::ones({2}, at::kDouble)}});
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(decode(bytes.substr(0, length)), DataError) << length;
  refuses_file(bytes.substr(0, 4), "cut short: 4 bytes");
  refuses_file(bytes.substr(0, 20), "cut short: 20 bytes, the header alone needs");
  refuses_file(bytes.substr(0, bytes.size() - 1),
               "tensor \"b\": shape [2] and offsets [12,28] do not fit into 27 bytes of data");
}

TEST(Safetensors, RefusesAHugeHeaderLength) { refuses_file(std::string(8, '\xff') + "{}", "cut short: 10 bytes"); }

TEST(Safetensors, RefusesAHeaderThatIsNoObject) {
  refuses_file(file_of("[1]", ""), "the header is not a JSON object");
  refuses_file(file_of("{\"a\":", ""), "the header is not a JSON object");
  refuses_file(file_of("\xff\xfe", ""), "the header is not a JSON object");
}

TEST(Safetensors, RefusesHeadersThatWouldTakeTheStackOrAllDay) {
  refuses_file(file_of("{\"a\":" + std::string(200000, '['), ""), "the header is nested more than 8 deep");
  refuses_file(file_of(R"({"a":{"dtype":"U8","shape":[[[[[[[[[0]]]]]]]]],"data_offsets":[0,0]}})", ""),
               "more than 8 deep");
  std::string header = "{";
  for (int i = 0; i <= 1 << 15; ++i) header += fmt::format("\"{}\":0,", i);
  refuses_file(file_of(header + "\"x\":0}", ""), "the header has more than 32768 names");
}

TEST(Safetensors, RefusesBrokenEntries) {
  refuses_file(file_of(R"({"a":3})", ""), "the header has a broken entry");
  refuses_file(file_of(R"({"a":{"dtype":"F32","shape":[1]}})", ""), "the header has a broken entry");
  refuses_file(file_of(R"({"a":{"dtype":"F32","shape":"x","data_offsets":[0,4]}})", "1234"),
               "tensor \"a\": shape \"x\" and offsets [0,4] do not fit");
}

TEST(Safetensors, RefusesTypesItDoesNotKnow) {
  refuses_file(file_of(R"({"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}})", "1234"),
               "tensor \"a\": type \"F8_E4M3\" is not supported (BOOL, U8, ");
}

TEST(Safetensors, RefusesNamesThatComeTwice) {
  const std::string entry = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  refuses_file(file_of(R"({"a":)" + entry + R"(,"a":)" + entry + "}", "1"), "the header has \"a\" twice");
}

TEST(Safetensors, RefusesGapsAndOverlaps) {
  const auto two = [](const std::string& a, const std::string& b) {
    return file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
                       R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}",
                   "12345");
  };
  refuses_file(two("[0,2]", "[3,5]"), "the tensors leave a gap between bytes 2 and 3 of the data");
  refuses_file(two("[3,5]", "[1,3]"), "the tensors leave a gap between bytes 0 and 1 of the data");
  refuses_file(two("[2,4]", "[0,2]"), "the tensors leave a gap between bytes 4 and 5 of the data");
  refuses_file(two("[0,2]", "[1,3]"), "the tensors overlap between bytes 1 and 2 of the data");
  refuses_file(two("[0,2]", "[0,2]"), "the tensors overlap between bytes 0 and 2 of the data");
}

TEST(Safetensors, RefusesSizesThatDoNotFit) {
  const auto entry = [](const std::string& shape, const std::string& offsets) {
    return file_of(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
                   std::string(8, 'x'));
  };
  EXPECT_EQ(decode(entry("[2]", "[0,8]")).size(), 1U);
  for (const auto& [shape, offsets] :
       std::vector<std::pair<std::string, std::string>>{{"[3]", "[0,8]"},
                                                        {"[2]", "[4,12]"},
                                                        {"[2]", "[8,0]"},
                                                        {"[2]", "[0]"},
                                                        {"[2]", "[0,8,8]"},
                                                        {"[-2]", "[0,8]"},
                                                        {"[2.0]", "[0,8]"},
                                                        {"[true]", "[0,8]"},
                                                        {"[2]", "[-8,0]"},
                                                        {"[4611686018427387906]", "[0,8]"},
                                                        {"[4294967296,4294967296,2]", "[0,8]"}}) {
    refuses_file(entry(shape, offsets), "tensor \"a\": shape " + shape.substr(0, 2));
  }
}

}  // namespace
}  // namespace reconcile
