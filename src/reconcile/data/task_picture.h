#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "reconcile/core/task.h"

namespace reconcile {

/// How a target (of one sample, in the form of core/target.h) looks, as uint8 [3, height, width]: classes in colours
/// that are the same for all samples, depth from near (yellow) to far (violet) over the range of this sample, normals
/// as red, green and blue for x, y and z, yes white and no black. Kinds without pixels are bars: a class is the one
/// that is lit, yes a tall one, numbers up or down from the middle line, the largest of the sample filling the height.
/// What is unknown is striped.
at::Tensor task_picture(const Task& task, const at::Tensor& target);

/// Numbers [H, W] as uint8 [3, H, W] from violet (`low`) to yellow (`high`); striped where not `known`.
at::Tensor number_picture(const at::Tensor& values, const at::Tensor& known, double low, double high);

/// One bar for each of `heights` in -1 ... 1, NaN for unknown, in the colours of classes or all in one.
at::Tensor bars_picture(const std::vector<double>& heights, bool of_classes);

/// The target of a kind without pixels in words: "class 2", "1, 4", "0.31, -2"; "unknown". Classes or labels have
/// names, if `names` is not empty. Of the other kinds, what the picture does not show: "0.8 ... 4.1" for depth, "" for
/// the rest.
std::string task_words(const Task& task, const at::Tensor& target, const std::vector<std::string>& names);

/// An input [C, H, W] as uint8 [3, H, W]: gray for one channel, else the first three; numbers outside of 0 ... 1 are
/// brought there. One of a single pixel, a row of a table, is bars.
at::Tensor input_picture(const at::Tensor& input);

}  // namespace reconcile
