#pragma once

#include <span>
#include <string>
#include <vector>

#include "reconcile/base/rng.h"

namespace reconcile {

/// How the domains render the same shapes; named and ordered as in Office-Home.
enum class Rendering { kArt, kClipart, kProduct, kRealWorld };

/// The names of the renderings: "Art", "Clipart", "Product", "Real_World".
const std::vector<std::string>& rendering_names();

/// The names of the classes: the ten letters and the ten signs of draw/glyph_shapes.h.
const std::vector<std::string>& domain_classes();

/// One square picture of a shape, turned, bent and moved at random. `pixels` [3, side, side].
void draw_domain_picture(Rendering rendering, int64_t shape, int64_t side, Rng rng, std::span<uint8_t> pixels);

}  // namespace reconcile
