#include "reconcile/draw/faces.h"

#include "reconcile/draw/portrait.h"

namespace reconcile {

void draw_face(const Traits& traits, int64_t side, Rng rng, std::span<uint8_t> pixels) {
  Portrait portrait(traits, side, rng);
  portrait.paint();
  const std::vector<Vec3>& colours = portrait.pixels();
  for (size_t i = 0; i < colours.size(); ++i) {
    pixels[i] = to_byte(colours[i].x);
    pixels[colours.size() + i] = to_byte(colours[i].y);
    pixels[2 * colours.size() + i] = to_byte(colours[i].z);
  }
}

}  // namespace reconcile
