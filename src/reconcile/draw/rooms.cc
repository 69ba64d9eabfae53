#include "reconcile/draw/rooms.h"

#include "reconcile/draw/colours.h"
#include "reconcile/draw/room_scene.h"

namespace reconcile {
namespace {

constexpr double kSensorNoise = 0.025;
constexpr double kExposure = 1.6;
constexpr double kFalloff = 0.25;       // of a light, with the square of metres
constexpr double kBorderVoid = 0.3;     // share of pixels beside another class that have none
constexpr double kBorderDropout = 0.2;  // share of pixels beside a jump that have no depth
constexpr double kJump = 0.05;          // a step of the depth, as a share of it
constexpr double kDropout = 0.01;       // share of all pixels without depth

double light_share(const Light& light, Vec3 at, Vec3 normal, const RoomScene& scene) {
  const Vec3 way = light.place - at;
  const double distance = norm(way);
  const double slope = dot(normal, way) / distance;
  if (slope <= 0) return 0;
  const Hit hit = cast({at + 1e-4 * normal, way}, scene.bodies, kRoomShell);
  return hit.distance < 1 ? 0 : slope / (1 + kFalloff * distance * distance);
}

Vec3 shade(const RoomScene& scene, Vec3 at, const Hit& hit) {
  const Body& body = scene.bodies[static_cast<size_t>(hit.body)];
  const Vec3 colour = colour_at(body.material, to_local(body, at));
  if (body.shines) return colour;
  Vec3 light = {scene.ambient, scene.ambient, scene.ambient};
  for (const Light& of : scene.lights) light = light + light_share(of, at, hit.normal, scene) * of.colour;
  return colour * light;
}

/// One ray a pixel, at depth * direction.
std::vector<Hit> cast_all(const RoomScene& scene, const RoomView& view, std::vector<Vec3>& colours) {
  const double focal = kRoomFocal * static_cast<double>(view.width);
  const Camera& camera = scene.camera;
  std::vector<Hit> hits;
  for (int64_t row = 0; row < view.height; ++row) {
    for (int64_t column = 0; column < view.width; ++column) {
      const double x = (static_cast<double>(column) + 0.5 - static_cast<double>(view.width) / 2) / focal;
      const double y = (static_cast<double>(view.height) / 2 - static_cast<double>(row) - 0.5) / focal;
      const Vec3 direction = camera.forward + x * camera.right + y * camera.up;
      const Hit hit = cast({camera.place, direction}, scene.bodies);
      colours.push_back(shade(scene, camera.place + hit.distance * direction, hit));
      hits.push_back(hit);
    }
  }
  return hits;
}

/// Bright light saturates smoothly; noise is added.
double expose(double light, Rng& rng) { return 1 - std::exp(-kExposure * light) + kSensorNoise * rough_normal(rng); }

/// Colours with the gain and noise of a camera.
void take_picture(const std::vector<Vec3>& colours, Rng rng, std::span<uint8_t> image) {
  const double gain = rng.uniform(0.85, 1.15);
  const Vec3 white = {gain * rng.uniform(0.93, 1.07), gain, gain * rng.uniform(0.93, 1.07)};
  const size_t pixels = colours.size();
  for (size_t i = 0; i < pixels; ++i) {
    const Vec3 colour = white * colours[i];
    image[i] = to_byte(expose(colour.x, rng));
    image[pixels + i] = to_byte(expose(colour.y, rng));
    image[2 * pixels + i] = to_byte(expose(colour.z, rng));
  }
}

/// Whether one of the four neighbours shows another class, and whether one shows a body much nearer or farther.
struct Border {
  bool label = false;
  bool jump = false;
};

Border border_at(const RoomScene& scene, const std::vector<Hit>& hits, int64_t row, int64_t column,
                 const RoomView& view) {
  Border border;
  const Hit& here = hits[row * view.width + column];
  const auto compare = [&](int64_t r, int64_t c) {
    if (r < 0 || c < 0 || r >= view.height || c >= view.width) return;
    const Hit& there = hits[r * view.width + c];
    border.label = border.label || scene.bodies[there.body].label != scene.bodies[here.body].label;
    border.jump =
        border.jump || (there.body != here.body && std::abs(there.distance - here.distance) > kJump * here.distance);
  };
  compare(row - 1, column);
  compare(row + 1, column);
  compare(row, column - 1);
  compare(row, column + 1);
  return border;
}

void write_targets(const RoomScene& scene, const std::vector<Hit>& hits, Rng rng, const RoomView& view) {
  const Camera& camera = scene.camera;
  const int64_t pixels = view.height * view.width;
  for (int64_t i = 0; i < pixels; ++i) {
    const Body& body = scene.bodies[static_cast<size_t>(hits[i].body)];
    const Border border = border_at(scene, hits, i / view.width, i % view.width, view);
    const bool no_class = rng.uniform() < (border.label ? kBorderVoid : 0) || body.unlabelled;
    const bool no_depth = rng.uniform() < (border.jump ? kBorderDropout : kDropout) || body.unmeasured;
    const Vec3 n = hits[i].normal;
    const Vec3 normal = no_depth ? Vec3{} : Vec3{dot(n, camera.right), dot(n, camera.up), -dot(n, camera.forward)};
    view.labels[i] = no_class ? int8_t{-1} : body.label;
    view.depth[i] = no_depth ? 0.0F : static_cast<float>(hits[i].distance);
    view.normals[i] = static_cast<float>(normal.x);
    view.normals[pixels + i] = static_cast<float>(normal.y);
    view.normals[2 * pixels + i] = static_cast<float>(normal.z);
  }
}

}  // namespace

void draw_room(Rng rng, const RoomView& view) {
  const RoomScene scene = draw_room_scene(rng.fork("scene"));
  std::vector<Vec3> colours;
  const std::vector<Hit> hits = cast_all(scene, view, colours);
  take_picture(colours, rng.fork("sensor"), view.image);
  write_targets(scene, hits, rng.fork("gaps"), view);
}

}  // namespace reconcile
