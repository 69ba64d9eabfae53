#include "reconcile/files/npy.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"

namespace reconcile {
namespace {

/// A file of version 1 with this dictionary and data.
std::string file_with(const std::string& dictionary, const std::string& data) {
  std::string header = dictionary + "\n";
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() % 256);
  bytes += static_cast<char>(header.size() / 256);
  return bytes + header + data;
}

std::string bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

const at::Tensor kMatrix = at::arange(6, at::kDouble).view({2, 3});

std::string failure(const std::string& bytes) {
  try {
    decode_npy(bytes, "a.npy");
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Npy, ReadsCAndFortranOrder) {
  const std::string c = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  EXPECT_TRUE(decode_npy(file_with(c, bytes_of(kMatrix)), "").equal(kMatrix));
  const std::string fortran = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }";
  EXPECT_TRUE(decode_npy(file_with(fortran, bytes_of(kMatrix.t().contiguous())), "").equal(kMatrix));
}

TEST(Npy, ReadsEveryTypeAndShape) {
  for (const auto& [name, type] : {std::pair{"<f4", at::kFloat}, std::pair{"<i4", at::kInt},
                                   std::pair{"<i8", at::kLong}, std::pair{"|u1", at::kByte}}) {
    const at::Tensor vector = at::arange(4).to(type);
    const auto dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (4,), }}", name);
    EXPECT_TRUE(decode_npy(file_with(dictionary, bytes_of(vector)), "").equal(vector)) << name;
  }
  const std::string scalar = "{'descr': '<f8', 'fortran_order': False, 'shape': (), }";
  EXPECT_EQ(decode_npy(file_with(scalar, std::string(8, '\0')), "").dim(), 0);
}

TEST(Npy, WritesWhatItReads) {
  for (const auto type : {at::kFloat, at::kDouble, at::kInt, at::kLong, at::kByte}) {
    for (const at::Tensor& array : {at::arange(24).view({2, 3, 4}), at::arange(5), at::scalar_tensor(7)}) {
      const at::Tensor typed = array.to(type);
      const std::string bytes = encode_npy(typed);
      EXPECT_TRUE(decode_npy(bytes, "").equal(typed));
      EXPECT_EQ((bytes.size() - typed.nbytes()) % 64, 0);  // NumPy aligns the data
    }
  }
  EXPECT_TRUE(decode_npy(encode_npy(kMatrix.t()), "").equal(kMatrix.t()));
  EXPECT_THROW(encode_npy(at::zeros({2}, at::kBool)), InvalidArgument);
}

TEST(Npy, SaysWhatDoesNotFit) {
  const std::string data = bytes_of(kMatrix);
  const auto contains = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  contains(failure("PK\x03\x04 and more bytes"), "a.npy: not a readable NumPy file: it does not begin with");
  contains(failure(file_with("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", data)), "its type is '<c8'");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, }", data)), "no 'shape'");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2", data)), "'shape' does not end");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2, x), }", data)), "its shape is");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", data)),
           "its shape is");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 4), }", data)),
           "claims 64 bytes of data, 48 are there");
  contains(failure(std::string("\x93NUMPY\x01\0\xff\xff{}", 12)), "header claims 65535 bytes");
}

}  // namespace
}  // namespace reconcile
