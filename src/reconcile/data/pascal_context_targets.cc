#include "reconcile/data/pascal_context_targets.h"

#include <ATen/ATen.h>

#include <map>

#include "reconcile/base/error.h"
#include "reconcile/core/thinning.h"

namespace reconcile {
namespace {

constexpr double kPerson = 15;
constexpr double kShortest = 0.1;  // what 8 bits make of the zero vector is shorter

/// The part groups of PASCAL-Person-Part; l and r are left and right, then l and u lower and upper.
int64_t part_group(const MatValue& part) {
  static const std::map<std::string, int64_t> groups = {
      {"head", 1},   {"hair", 1},   {"nose", 1},  {"mouth", 1}, {"leye", 1},  {"reye", 1},  {"lear", 1},  {"rear", 1},
      {"lebrow", 1}, {"rebrow", 1}, {"torso", 2}, {"neck", 2},  {"luarm", 3}, {"ruarm", 3}, {"llarm", 4}, {"rlarm", 4},
      {"lhand", 4},  {"rhand", 4},  {"luleg", 5}, {"ruleg", 5}, {"llleg", 6}, {"rlleg", 6}, {"lfoot", 6}, {"rfoot", 6}};
  const MatValue& name = part.field("part_name");
  const auto found = groups.find(name.text());
  if (found == groups.end()) {
    fail<DataError>("{}: \"{}\", a person has the parts head, torso, luarm ... rfoot (24 of them).", name.where(),
                    name.text());
  }
  return found->second;
}

}  // namespace

at::Tensor pascal_parts(const MatValue& anno) {
  at::Tensor parts;
  for (const MatValue* object : anno.field("objects").items()) {
    if (object->field("class_ind").number() != kPerson) continue;
    for (const MatValue* part : object->field("parts").items()) {
      const MatValue& mask = part->field("mask");
      if (!parts.defined()) parts = at::zeros(mask.numbers().sizes(), at::kLong);
      if (mask.numbers().dim() != 2 || mask.numbers().sizes() != parts.sizes()) {
        fail<DataError>("{}: [{}], the masks of an image must all be [height, width]: here [{}].", mask.where(),
                        fmt::join(mask.numbers().sizes(), ", "), fmt::join(parts.sizes(), ", "));
      }
      parts.masked_fill_(mask.numbers().ne(0), part_group(*part));
    }
  }
  return parts;
}

at::Tensor pascal_normals(const at::Tensor& picture, const at::Tensor& label_map, const std::vector<int64_t>& classes) {
  const at::Tensor normals = picture.to(at::kFloat).div_(127.5).sub_(1);
  at::Tensor known = classes.empty() ? label_map.ne(0) : at::isin(label_map.to(at::kLong), at::tensor(classes));
  known = known.logical_and_(normals.square().sum(0).gt(kShortest * kShortest));
  return normals * known;
}

at::Tensor pascal_edges(const at::Tensor& label_map) {
  const at::Tensor map = label_map.to(at::kFloat);  // exact: classes lie below 2^16
  const at::Tensor around = at::replication_pad2d(map.unsqueeze(0), {1, 1, 1, 1}).squeeze(0);
  const at::Tensor sum = around.slice(0, 0, -2).slice(1, 1, -1) + around.slice(0, 2).slice(1, 1, -1) +
                         around.slice(0, 1, -1).slice(1, 0, -2) + around.slice(0, 1, -1).slice(1, 2);
  return thin(sum.ne(map * 4).to(at::kByte)).to(at::kFloat).unsqueeze(0);
}

}  // namespace reconcile
