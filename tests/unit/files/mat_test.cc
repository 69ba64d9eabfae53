#include "reconcile/files/mat.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "reconcile/base/error.h"
#include "reconcile/files/mat_check.h"
#include "unit/base/support.h"
#include "unit/files/mat_file.h"

namespace reconcile {
namespace {

using namespace test;

TEST(Mat, ReadsNumbersStructsAndCells) {
  const TemporaryFolder folder;
  const std::string matrix = mat_bytes(2, 3, "m", std::string("\x01\x02\x03\x04\x05\x06", 6));
  for (const std::string& elements : {matrix + mat_struct(), mat_packed(matrix) + mat_packed(mat_struct())}) {
    const auto path = folder.write("a.mat", mat_file(elements));
    EXPECT_TRUE(read_mat(path, "m").numbers().equal(at::tensor({1., 3., 5., 2., 4., 6.}).view({2, 3})));
    const MatValue s = read_mat(path, "s");
    EXPECT_EQ(s.items().size(), 1U);
    EXPECT_TRUE(s.field("a").numbers().equal(at::tensor({1., 2.}).view({1, 2})));
    ASSERT_EQ(s.field("b").items().size(), 1U);
    EXPECT_EQ(s.field("b").items()[0]->text(), "x");
  }
}

TEST(Mat, ReadsBigEndianFiles) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.mat", mat_file(mat_bytes(1, 1, "m", "\x07")));
  EXPECT_EQ(read_mat(path, "m").number(), 7);
  std::string swapped = mat_file("", std::string("\x01\x00MI", 4));
  for (const uint32_t word : {14, 64, 6, 8, 6, 0, 5, 8, 1, 1, 1, 1}) swapped += mat_word(__builtin_bswap32(word));
  swapped += std::string("m\0\0\0\0\0\0\0", 8) + mat_word(__builtin_bswap32(2)) + mat_word(__builtin_bswap32(1)) +
             std::string("\x09\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(check_mat(swapped, "a.mat"), (std::vector<std::string>{"m"}));
  EXPECT_EQ(read_mat(folder.write("b.mat", swapped), "m").number(), 9);
}

TEST(Mat, IsReadFromSeveralThreads) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.mat", mat_file(mat_packed(mat_struct()) + mat_bytes(1, 2, "m", "ab")));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) good += read_mat(path, "s").field("a").numbers().sum().item<double>() == 3 ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(Mat, NamesThePlaceOfWhatDoesNotFit) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.mat", mat_file(mat_struct()));
  const MatValue s = read_mat(path, "s");
  const auto refuses = [&](const std::function<void()>& ask, const std::string& part) {
    expect_message<DataError>(ask, path.string() + ": s", part);
  };
  refuses([&] { (void)s.numbers(); }, "s: is a struct, must be numbers");
  refuses([&] { (void)s.field("c"); }, "s: has no field \"c\"");
  refuses([&] { (void)s.field("a").number(); }, "s.a: has 2 numbers, must have one");
  refuses([&] { (void)s.field("a").items(); }, "s.a: is an array of numbers, must be a list");
  refuses([&] { (void)s.field("b").items()[0]->field("x"); }, "s.b(1): is text, must be a struct with the field \"x\"");
  refuses([&] { (void)s.field("b").text(); }, "s.b: is a list, must be text");
  expect_message<DataError>([&] { read_mat(path, "S2"); }, "a.mat: no variable \"S2\".", "It has s.");
  expect_message<DataError>([&] { read_mat(folder / "none.mat", "s"); }, "none.mat: cannot read");
}

void refuses(const std::string& file, const std::string& part) {
  expect_message<DataError>([&] { check_mat(file, "a.mat"); }, "a.mat: not a readable MATLAB file: ", part);
}

TEST(MatCheck, RefusesOtherFiles) {
  refuses("MATLAB", "it has 6 bytes, its header alone has 128");
  refuses(std::string(200, 'x'), "it does not have the mark of version 5");
  refuses(mat_file("", std::string("\x00\x02IM", 4)), "it is of version 7.3 (HDF5)");
  refuses(mat_file("", std::string("\x00\x03IM", 4)), "its version is 3, readable is 1");
  refuses(mat_file("", std::string("\x00\xff"
                                   "IM",
                                   4)),
          "its version is 255, readable is 1");
  EXPECT_TRUE(check_mat(mat_file(""), "a.mat").empty());
}

TEST(MatCheck, RefusesSizesThatDoNotFit) {
  const std::string good = mat_file(mat_bytes(1, 2, "m", "\x01\x02"));
  EXPECT_EQ(check_mat(good, ""), (std::vector<std::string>{"m"}));
  for (size_t size = 129; size < good.size(); ++size) EXPECT_THROW(check_mat(good.substr(0, size), ""), DataError);
  refuses(good.substr(0, 132), "it ends inside an element");
  refuses(good.substr(0, 150), "an element announces 64 bytes, 14 are there");
  refuses(mat_file(mat_bytes(3, 2, "m", "\x01\x02")), "an array of 6 values has 2 bytes of element type 2");
  refuses(mat_file(mat_bytes(0x10000, 0x10000, "m", "")), "an array has a dimension of 65536");
  refuses(mat_file(mat_bytes(0xFFFFFFFF, 1, "m", "")), "an array has a dimension of -1");
  const std::string beyond = mat_word(0) + mat_word(0x7FFFFFFF) + mat_word(0x7FFFFFFF) + mat_word(0x7FFFFFFF);
  refuses(mat_file(mat_array(6, beyond, "m", mat_element(2, ""))), "an array has a dimension of 2147483647");
  refuses(mat_file(mat_array(6, mat_word(1), "m", "")), "an array has dimensions of 4 bytes, must be 8 to 128");
  refuses(mat_file(mat_array(6, mat_size(1, 1), std::string(64, 'n'), "")), "an array has a name of 64 bytes");
  refuses(mat_file(mat_array(1, mat_size(1000, 1000), "m", "")), "announces 1000000 arrays in 0 bytes");
  refuses(mat_file(mat_array(6, mat_size(1, 1), "m", mat_element(2, "\x01") + mat_element(2, "\x01"))),
          "an array has 16 bytes too many");
  refuses(mat_file(mat_word(0x00050001) + mat_word(0)), "a small element announces 5 bytes, 4 have room");
}

TEST(MatCheck, RefusesBrokenStructures) {
  refuses(mat_file(mat_element(2, "\x01")), "an array has element type 2, must be 14");
  refuses(mat_file(mat_element(14, mat_element(2, "\x01"))), "the flags of an array have element type 2, must be 6");
  refuses(mat_file(mat_element(14, mat_element(6, mat_word(6)))), "an array has 4 bytes of flags, must be 8");
  const auto structure = [](uint32_t length, const std::string& names) {
    return mat_file(mat_array(2, mat_size(1, 1), "s", mat_small(5, mat_word(length)) + mat_element(1, names)));
  };
  refuses(mat_file(mat_array(2, mat_size(1, 1), "s", mat_element(5, mat_word(4)))), "no length of its field names");
  refuses(structure(0, ""), "a struct has field names of 0 bytes, must be 1 to 64");
  refuses(structure(4, "abcde"), "a struct has 5 bytes of field names of 4");
  refuses(structure(4, "abcd"), "a field name does not end");
  refuses(structure(1, std::string(2 << 20, '\0')), "a field name does not end");
  std::string many;
  for (int i = 0; i < (1 << 20) + 1; ++i) many += std::string("a\0", 2);
  refuses(structure(2, many), "a struct has too many fields");
  const std::string nothing = mat_small(5, mat_word(4)) + mat_element(1, "");
  refuses(mat_file(mat_array(2, mat_size(0x7FFFFFFF, 1), "s", nothing)), "a struct has too many fields");
  std::string nested = mat_bytes(1, 1, "", "\x01");
  for (int i = 0; i < 40; ++i) nested = mat_array(1, mat_size(1, 1), "c", nested);
  refuses(mat_file(nested), "nested more than 32 deep");
}

TEST(MatCheck, RefusesWhatIsNotRead) {
  const auto of_class = [](uint32_t flags) {
    return mat_file(mat_array(flags, mat_size(1, 1), "m", mat_element(9, std::string(8, '\0'))));
  };
  refuses(of_class(5), "it holds an array of class 5; numbers up to 32 bits and int64");
  refuses(of_class(3), "class 3");
  refuses(of_class(15), "class 15");
  refuses(of_class(0x800 + 6), "it holds complex numbers");
}

TEST(MatCheck, RefusesDamagedPacking) {
  std::string packed = mat_packed(mat_bytes(1, 2, "m", "\x01\x02"));
  refuses(mat_file(mat_packed(mat_bytes(1, 2, "m", "\x01\x02") + "12345678")),
          "a packed variable has 8 bytes too many");
  refuses(mat_file(mat_word(15) + mat_word(99) + "x"), "an element announces 99 bytes, 1 are there");
  packed[packed.size() - 1] = static_cast<char>(packed.back() ^ 1);
  refuses(mat_file(packed), "a packed variable is damaged");
  refuses(mat_file(mat_packed(std::string(size_t{1} << 28, '\0') + "x")), "it unpacks to more than 268435456 bytes");
}

}  // namespace
}  // namespace reconcile
