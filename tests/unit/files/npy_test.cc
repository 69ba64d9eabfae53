#include "reconcile/files/npy.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "reconcile/base/error.h"
#include "unit/base/support.h"

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
  test::expect_message<InvalidArgument>([] { encode_npy(at::zeros({2}, at::kBFloat16)); }, "no way to write BFloat16");
}

TEST(Npy, MapsFilesWithoutACopy) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.npy", encode_npy(kMatrix));
  const at::Tensor mapped = read_npy(path);
  EXPECT_TRUE(mapped.equal(kMatrix));
  std::filesystem::remove(path);  // the tensor holds the mapping
  EXPECT_TRUE(mapped.slice(0, 1).equal(kMatrix.slice(0, 1)));
  const auto again = folder.write("b.npy", encode_npy(kMatrix));
  read_npy(again).zero_();  // changes memory, not the file
  EXPECT_TRUE(read_npy(again).equal(kMatrix));
  const std::string fortran = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }";
  const at::Tensor columns = read_npy(folder.write("c.npy", file_with(fortran, bytes_of(kMatrix.t().contiguous()))));
  EXPECT_TRUE(columns.equal(kMatrix));
  EXPECT_EQ(columns.strides(), at::IntArrayRef({1, 2}));
}

TEST(Npy, NumbersThatAreNotAlignedAreCopied) {
  const test::TemporaryFolder folder;
  for (int blanks = 0; blanks < 8; ++blanks) {
    const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }" + std::string(blanks, ' ');
    EXPECT_TRUE(read_npy(folder.write("a.npy", file_with(header, bytes_of(kMatrix)))).equal(kMatrix)) << blanks;
  }
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
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': Maybe, 'shape': (2, 3), }", data)),
           "its 'fortran_order' is Maybe");
  contains(failure(file_with("{'descr': '<u8', 'fortran_order': False, 'shape': (6,), }", data)), "its type is '<u8'");
  contains(failure(file_with("{'descr': '|O', 'fortran_order': False, 'shape': (6,), }", data)), "its type is '|O'");
  contains(failure(file_with("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,), }", data)),
           "its type is [('a'");
  contains(failure(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': [2, 3)", data)), "its shape is [2, 3)");
  contains(failure(std::string("\x93NUMPY\x07\0\x02\0{}", 12)), "its version is 7, readable are 1 to 3");
  contains(failure(std::string("\x93NUMPY\x01\0\xff\xff{}", 12)), "header claims 65535 bytes");
}

}  // namespace
}  // namespace reconcile
