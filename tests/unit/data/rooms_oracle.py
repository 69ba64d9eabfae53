"""Checks rooms written in NYUv2's layout with NumPy alone: rooms_oracle.py FOLDER; prints what is wrong, exit 1.

Every pixel with depth is put back into space and must lie where its normal, its class and the walls of a box room say.
"""

import pathlib
import sys

import numpy

FOCAL = 0.81  # in widths
BED, BOOKS, CEILING, CHAIR, FLOOR, FURNITURE, OBJECTS, PICTURE, SOFA, TABLE, TV, WALL, WINDOW = range(13)


def check(holds, *what):
    if not holds:
        sys.exit(" ".join(str(part) for part in what))


def unproject(depth):
    height, width = depth.shape
    x = (numpy.arange(width) + 0.5 - width / 2) / (FOCAL * width)
    y = (height / 2 - numpy.arange(height) - 0.5) / (FOCAL * width)
    # x right, y up, z towards the viewer, as the normals
    return numpy.stack([depth * x[None, :], depth * y[:, None], -depth], 2)


def check_forms(folder, i):
    arrays = {what: numpy.load(folder / what / f"{i}.npy") for what in ("image", "label", "depth", "normal")}
    image, label, depth, normal = arrays.values()
    height, width = label.shape
    check(image.dtype == numpy.float32 and image.shape == (height, width, 3), "image", image.dtype, image.shape)
    check(0 <= image.min() and image.max() <= 1 and image.std() > 0.02, "colours", image.min(), image.max())
    check(depth.dtype == numpy.float32 and depth.shape == (height, width, 1), "depth", depth.dtype, depth.shape)
    check(normal.dtype == numpy.float32 and normal.shape == (height, width, 3), "normal", normal.dtype, normal.shape)
    check(-1 <= label.min() and label.max() <= 12, "classes", label.min(), label.max())
    return label, depth[:, :, 0].astype(float), normal.astype(float)


def check_plane(place, points, normals, what):
    """All of `points` lie in one plane at right angles to their one normal; its distance and normal."""
    check(numpy.abs(normals - normals[0]).max() < 1e-6, place, what, "has several normals")
    distances = points @ normals[0]
    check(numpy.ptp(distances) < 1e-3, place, what, "is bent by", numpy.ptp(distances))
    return distances.mean(), normals[0]


def check_room(folder, i):
    place = folder / str(i)
    label, depth, normal = check_forms(folder, i)
    known = depth > 0
    points = unproject(depth)
    lengths = numpy.linalg.norm(normal, axis=2)
    check(numpy.abs(lengths - known).max() < 1e-6, place, "normals are of unit length where there is depth, else zero")
    check((normal * points).sum(2)[known].max() < 0, place, "a surface looks away from the camera")

    floor, ceiling, wall = (known & (label == c) for c in (FLOOR, CEILING, WALL))
    up, heights = None, {}
    if floor.sum() > 1:
        heights["floor"], up = check_plane(place, points[floor], normal[floor], "floor")
        check(-1.85 < heights["floor"] < -1.05, place, "camera height", heights["floor"])
    if ceiling.sum() > 1:
        heights["ceiling"], down = check_plane(place, points[ceiling], normal[ceiling], "ceiling")
        check(up is None or numpy.abs(up + down).max() < 1e-6, place, "floor and ceiling are not parallel")
        up = -down
    if len(heights) == 2:
        check(2.25 < -sum(heights.values()) < 3.15, place, "room height", heights)
    check_walls(place, points[wall], normal[wall], up)
    if up is not None:
        # All furniture is made of upright boxes and cylinders; spheres are objects.
        upright = numpy.abs(normal[known & (label != OBJECTS) & (label >= 0)] @ up)
        check(numpy.minimum(upright, 1 - upright).max() < 1e-5, place, "something is slanted")
    return check_neighbours(label, points, normal, known, up)


def check_walls(place, points, normals, up):
    """At right angles to each other; behind each normal the wall, doors of 3 cm on it, and few sides of other doors."""
    left = numpy.ones(len(points), bool)
    found = []
    while left.any():
        first = normals[left][0]
        same = left & (numpy.abs(normals - first).max(1) < 1e-6)
        distances = points[same] @ first
        farthest = distances.min()
        off = numpy.minimum(distances - farthest, numpy.abs(distances - farthest - 0.03))
        check((off > 1e-3).sum() < 40, place, "wall", first, "has", (off > 1e-3).sum(), "of", same.sum(), "elsewhere")
        check(all(abs(first @ other) < 1e-5 or first @ other < -1 + 1e-5 for other in found), place, "walls", found, first)
        check(up is None or abs(first @ up) < 1e-5 or same.sum() < 40, place, "a wall is not upright")
        found.append(first)
        left &= ~same


def cosine(a, b):
    return (a * b).sum(1) / numpy.linalg.norm(a, axis=1) / numpy.linalg.norm(b, axis=1)


def check_neighbours(label, points, normal, known, up):
    """Numbers of neighbours: in one plane; of these, of two classes; on something round; of these, not as if; and pixels."""
    flat = borders = round_pairs = round_wrong = 0
    for axis in (0, 1):
        ahead = [numpy.take(a, range(1, a.shape[axis]), axis) for a in (label, points, normal, known)]
        here = [numpy.take(a, range(a.shape[axis] - 1), axis) for a in (label, points, normal, known)]
        both = ahead[3] & here[3]
        step = (ahead[1] - here[1])[both]
        turn = (ahead[2] - here[2])[both]
        off = numpy.abs((step * here[2][both]).sum(1))
        one_plane = (numpy.abs(turn).max(1) < 1e-6) & (off < 1e-4)
        flat += one_plane.sum()
        classes = (ahead[0][both] >= 0) & (here[0][both] >= 0) & (ahead[0] != here[0])[both]
        borders += (one_plane & classes).sum()
        # On a sphere places differ as normals do; around a cylinder, but for their heights.
        curved = (numpy.abs(turn).max(1) > 1e-3) & (numpy.linalg.norm(turn, axis=1) < 0.5)
        curved &= (ahead[0] == OBJECTS)[both] & (here[0] == OBJECTS)[both] & (numpy.linalg.norm(step, axis=1) < 0.1)
        if up is None:
            continue
        level = step - (step @ up)[:, None] * up
        aligned = numpy.maximum(cosine(step[curved], turn[curved]), cosine(level[curved], turn[curved])) > 0.999
        round_pairs += curved.sum()
        round_wrong += (~aligned).sum()
    return numpy.array([flat, borders, round_pairs, round_wrong, known.sum()])


def main(root):
    counts = numpy.zeros(5)
    for part in ("train", "val"):
        folder = root / part
        number = len(list((folder / "image").iterdir()))
        check(number > 0, folder, "is empty")
        for what in ("label", "depth", "normal"):
            check(len(list((folder / what).iterdir())) == number, folder, "lengths differ")
        for i in range(number):
            counts += check_room(folder, i)
    flat, borders, round_pairs, round_wrong, known = counts
    check(flat > 1.5 * known, "flat pairs", flat, "of", known)
    check(borders == 0, borders, "classes change on one plane")
    check(round_pairs > 50 and round_wrong < 0.02 * round_pairs, "round", round_pairs, round_wrong)


main(pathlib.Path(sys.argv[1]))
