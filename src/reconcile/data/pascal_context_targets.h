#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "reconcile/files/mat.h"

namespace reconcile {

/// Body parts from the annotation of an image (`anno` of human_parts/<id>.mat): int64 [H, W], 0 where there is no part,
/// 1 head, 2 torso, 3 upper arms, 4 lower arms and hands, 5 upper legs, 6 lower legs and feet. Undefined if no person
/// in it has parts. DataError for a part that a person has not, and for masks of different sizes.
at::Tensor pascal_parts(const MatValue& anno);

/// Normals from a picture uint8 [3, H, W], v / 127.5 - 1: float32 [3, H, W]; the zero vector where the class in
/// `label_map` [H, W] is none of `classes` (if that is empty: is 0), and where the picture is gray, which codes zero.
at::Tensor pascal_normals(const at::Tensor& picture, const at::Tensor& label_map, const std::vector<int64_t>& classes);

/// Borders of the classes in `label_map` [H, W]: float32 [1, H, W], 1 where the Laplacian of the four neighbours is not
/// zero (beyond the image lies what its border has), thinned.
at::Tensor pascal_edges(const at::Tensor& label_map);

}  // namespace reconcile
