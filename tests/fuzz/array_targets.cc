#include <cstring>

#include "fuzz/look.h"
#include "reconcile/base/error.h"
#include "reconcile/data/npy_values.h"
#include "reconcile/data/pascal_context_targets.h"
#include "reconcile/files/idx.h"
#include "reconcile/files/mapped_file.h"
#include "reconcile/files/mat.h"
#include "reconcile/files/mat_check.h"
#include "reconcile/files/npy.h"
#include "reconcile/files/numpy_pickle.h"
#include "reconcile/files/table.h"
#include "unit/core/torch_files.h"
#include "unit/files/mat_file.h"
#include "unit/files/temp_folder.h"

namespace reconcile::fuzz {
namespace {

void look_at(const MatValue& value) {
  if (value.kind() == MatValue::Kind::kNumbers) fuzz::look_at(value.numbers());
  if (value.kind() != MatValue::Kind::kList) return;
  for (const MatValue* item : value.items()) look_at(*item);
}

void look_at(const Table& table, int64_t row, int64_t column) {
  try {
    (void)table.number(row, column);
  } catch (const DataError&) {  // text
  }
}

Target npy_file_target() {
  const auto read = [](const std::string& bytes, const Path& path) {
    fuzz::look_at(decode_npy(bytes, path));
    const at::Tensor array = read_npy(path);
    fuzz::look_at(array);
    if (array.dim() != 3 || array.numel() > 1 << 22) return;
    const std::vector<int64_t> size = {array.size(0), array.size(1)};
    try {
      fuzz::look_at(npy_target({"classes", TaskKind::kSegmentation, 3}, array.slice(2, 0, 1), size, path));
      fuzz::look_at(npy_target({"normals", TaskKind::kNormals, 3}, array, size, path));
    } catch (const DataError&) {  // numbers that are no classes
    }
  };
  Target target{"npy", {}, as_it_is, read, true};
  for (const auto type : {at::kFloat, at::kByte, at::kShort, at::kBool}) {
    target.seeds.push_back(encode_npy(ramp({2, 3, 4}).to(type)));
  }
  target.seeds[0] = encode_npy(ramp({2, 4, 3}).to(at::kFloat) / 32);
  std::string fortran = target.seeds.front();
  fortran.replace(fortran.find("False"), 5, "True ");
  std::string swapped = target.seeds[2];
  swapped.replace(swapped.find("<i2"), 3, ">u2");
  target.seeds[1] = encode_npy(ramp({2, 12}).to(at::kByte));
  target.seeds[2] = encode_npy(ramp({24}).to(at::kShort));
  target.seeds[3] = encode_npy(ramp({2, 3, 2, 2}).to(at::kBool));
  swapped.replace(swapped.find("(2, 3, 4)"), 9, "(8, 3)   ");
  target.seeds.insert(target.seeds.end(), {fortran, swapped});
  return target;
}

Target idx_target() {
  const auto wrap = [](const std::string& bytes, Rng& rng) {
    return rng.below(2) == 0 || bytes.starts_with("\x1f\x8b") ? bytes : testing::gzip(bytes);
  };
  const auto read = [](const std::string&, const Path& path) {
    try {
      fuzz::look_at(read_idx(path, 3));
    } catch (const DataError&) {
      fuzz::look_at(read_idx(path, 1));
    }
  };
  return {"idx",
          {testing::idx_header({2, 3, 4}) + std::string(24, 'x'), testing::idx_header({6}) + "labels",
           testing::gzip(testing::idx_header({5, 5, 5}) + std::string(125, 'y'))},
          wrap,
          read,
          true};
}

/// What Pascal-Context's annotations look like: objects of a class with parts that have a name and a mask.
std::string annotation() {
  const auto structure = [](const std::string& name, const std::string& fields, const std::string& values) {
    return test::mat_array(2, test::mat_size(1, 1), name,
                           test::mat_small(5, test::mat_word(16)) + test::mat_element(1, fields) + values);
  };
  const auto names = [](const std::vector<std::string>& list) {
    std::string text;
    for (const auto& name : list) text += name + std::string(16 - name.size(), '\0');
    return text;
  };
  const std::string part = structure("", names({"part_name", "mask"}),
                                     test::mat_array(4, test::mat_size(1, 4), "", test::mat_element(16, "head")) +
                                         test::mat_bytes(2, 3, "", std::string("\0\1\1\0\0\1", 6)));
  const std::string parts = test::mat_array(1, test::mat_size(1, 1), "", part);
  const std::string object = structure("", names({"class_ind", "parts"}), test::mat_bytes(1, 1, "", "\x0f") + parts);
  return structure("anno", names({"objects"}), test::mat_array(1, test::mat_size(1, 1), "", object));
}

Target mat_target() {
  constexpr size_t kHeader = 128;
  const auto wrap = [](const std::string& bytes, Rng& rng) {
    if (rng.below(2) == 0 || bytes.size() < kHeader) return bytes;
    return bytes.substr(0, kHeader) + test::mat_packed(bytes.substr(kHeader));
  };
  const auto read = [](const std::string& bytes, const Path& path) {
    for (const auto& name : check_mat(bytes, path)) {
      const MatValue value = read_mat(path, name);
      look_at(value);
      if (name != "anno") continue;
      const at::Tensor parts = pascal_parts(value);
      if (parts.defined()) fuzz::look_at(parts);
    }
  };
  const std::string shorts = test::mat_array(0x200 + 9, test::mat_size(2, 2), "flags", test::mat_element(2, "abcd"));
  const std::string cells =
      test::mat_array(1, test::mat_size(1, 3), "c", test::mat_struct() + test::mat_element(14, "") + shorts);
  return {"mat",
          {test::mat_file(test::mat_bytes(2, 3, "m", "abcdef")), test::mat_file(test::mat_struct()),
           test::mat_file(shorts), test::mat_file(cells), test::mat_file(annotation())},
          wrap,
          read,
          true};
}

Target table_target() {
  return {"table",
          {"id,x,y\na,1,2.5\nb,-3e2,\nc,nan,7\n", "a\tb\r\n\"1\t2\"\t\"3\"\"\r\n4\"\r\n",
           "\xef\xbb\xbf"
           "a,\"b,c\"\n\n1,2"},
          as_it_is,
          [](const std::string& bytes, const Path& path) {
            const Table table = parse_table(bytes, path);
            for (int64_t row = 0; row < std::ssize(table.rows); ++row) {
              for (int64_t column = 0; column < std::ssize(table.columns); ++column) look_at(table, row, column);
            }
          }};
}

/// A NumPy array as Python 3 pickles it: _reconstruct(ndarray, (0,), b"b"), then its state.
std::string pickled_array(const std::string& type, const std::vector<int64_t>& shape, const std::string& data) {
  const std::string made = test::global("numpy.core.multiarray", "_reconstruct") + "(" +
                           test::global("numpy", "ndarray") + test::tuple({0}) + "C\x01" + "btR";
  const std::string dtype = test::global("numpy", "dtype") + "(" + test::text(type) + "\x89\x88tR(K\x03" +
                            test::text("<") + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + std::string(1, '\0') + "tb";
  return made + "(K\x01" + test::tuple(shape) + dtype + "\x89" + "C" + static_cast<char>(data.size()) + data + "tb";
}

Target numpy_pickle_target() {
  const std::string two =
      pickled_array("f4", {2, 3}, std::string(24, '\1')) + pickled_array("u1", {4}, "abcd") + "\x86";
  const std::string buffer = test::global("numpy.core.numeric", "_frombuffer") + "(C\x04" + "abcd" +
                             test::global("numpy", "dtype") + "(" + test::text("u1") + "tR" + test::tuple({4}) +
                             test::text("C") + "tR\x85";
  return {"numpy_pickle",
          {test::pickle(two), test::pickle(buffer)},
          as_it_is,
          [](const std::string&, const Path& path) {
            for (const at::Tensor& array : read_numpy_pickle(path)) fuzz::look_at(array);
          },
          true};
}

}  // namespace

std::vector<Target> array_targets() {
  return {npy_file_target(), idx_target(), mat_target(), table_target(), numpy_pickle_target()};
}

}  // namespace reconcile::fuzz
