#include "reconcile/data/contact_sheet.h"

#include <ATen/ATen.h>

#include "reconcile/data/task_picture.h"
#include "reconcile/files/resize.h"

namespace reconcile {
namespace {

constexpr int64_t kLeastSide = 96;  // pixels of a picture's longer side
constexpr int64_t kMostSide = 256;
constexpr int64_t kMargin = 4;

at::Tensor to_cell_size(const at::Tensor& picture) {
  const int64_t side = std::max(picture.size(1), picture.size(2));
  if (side > kMostSide) {
    const auto scaled = [&](int64_t size) { return std::max<int64_t>(size * kMostSide / side, 1); };
    return resize_picture(picture, scaled(picture.size(1)), scaled(picture.size(2)));
  }
  const int64_t factor = (kLeastSide + side - 1) / side;
  return picture.repeat_interleave(factor, 1).repeat_interleave(factor, 2);
}

}  // namespace

std::vector<SheetCell> sheet_row(const Dataset& data, int64_t sample, const Json& names) {
  const Batch batch = data.batch(std::vector<int64_t>{sample});
  const bool shared = batch.inputs.partition().is_shared();
  std::vector<SheetCell> row;
  for (size_t t = 0; t < batch.targets.size(); ++t) {
    const Task& task = data.tasks()[t];
    if (t == 0 || !shared) {
      const at::Tensor input = batch.inputs.of_task(static_cast<int64_t>(t))[0];
      row.push_back({shared ? "input" : fmt::format("input of {}", task.name), to_cell_size(input_picture(input)), ""});
    }
    const at::Tensor target = batch.targets[t][0];
    const auto of_task = names.value(task.name, Json::array()).get<std::vector<std::string>>();
    row.push_back({task.name, to_cell_size(task_picture(task, target)), task_words(task, target, of_task)});
  }
  return row;
}

at::Tensor join_sheet(const std::vector<std::vector<SheetCell>>& rows) {
  int64_t height = kMargin;
  int64_t width = 0;
  for (const auto& row : rows) {
    int64_t tallest = 0;
    int64_t length = kMargin;
    for (const auto& cell : row) {
      tallest = std::max(tallest, cell.picture.size(1));
      length += cell.picture.size(2) + kMargin;
    }
    height += tallest + kMargin;
    width = std::max(width, length);
  }
  at::Tensor sheet = at::full({3, height, width}, 255, at::kByte);
  int64_t top = kMargin;
  for (const auto& row : rows) {
    int64_t left = kMargin;
    int64_t tallest = 0;
    for (const auto& cell : row) {
      const int64_t cell_height = cell.picture.size(1);
      const int64_t cell_width = cell.picture.size(2);
      sheet.narrow(1, top, cell_height).narrow(2, left, cell_width).copy_(cell.picture);
      left += cell_width + kMargin;
      tallest = std::max(tallest, cell_height);
    }
    top += tallest + kMargin;
  }
  return sheet;
}

}  // namespace reconcile
