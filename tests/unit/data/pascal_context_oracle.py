#!/usr/bin/env python3
"""A small PASCAL_MT tree in the true formats, and what a loader must make of it.

    pascal_context_oracle.py DIR    DIR/PASCAL_MT/..., and DIR/expected/<part>_<task>.npy for a canvas of 32 x 36
Exit status 77: PIL or SciPy is not here.
"""
import pathlib, sys

try:
    import numpy as np
    import scipy.io
    from PIL import Image
except ImportError:
    sys.exit(77)

sys.path.append(str(pathlib.Path(__file__).parent.parent / "core"))
from thinning_oracle import thin

CANVAS = (32, 36)
SIZES = {"train": {"2008_000002": (30, 20), "2008_000003": (32, 36), "2008_000015": (18, 27)},
         "val": {"2009_000001": (21, 21), "2010_000009": (25, 36)}}
IN_VOC = ("2008_000003", "2009_000001")
# What each image shows: "body" a person with parts, "far" a person without, "dog" another thing with parts.
SHOWS = {"2008_000002": ["dog", "body"], "2008_000003": ["body", "far", "body"], "2008_000015": ["far"],
         "2009_000001": ["dog"], "2010_000009": ["body"]}
GROUPS = {1: "head hair nose mouth leye reye lear rear lebrow rebrow", 2: "torso neck", 3: "luarm ruarm",
          4: "llarm rlarm lhand rhand", 5: "luleg ruleg", 6: "llleg rlleg lfoot rfoot"}
GROUP = {name: group for group, names in GROUPS.items() for name in names.split()}
TRUSTED = [4, 9]
PART = np.dtype([("part_name", object), ("mask", object)])
THING = np.dtype([("class", object), ("class_ind", object), ("mask", object), ("parts", object)])
rng = np.random.default_rng(11)


def box(size):
    mask = np.zeros(size, np.uint8)
    y, x = rng.integers(0, size[0] - 6), rng.integers(0, size[1] - 6)
    mask[y:y + rng.integers(3, 7), x:x + rng.integers(3, 7)] = 1
    return mask


def blocks(size, values):
    """A map of rectangles."""
    classes = np.full(size, values[0])
    for _ in range(6):
        classes[box(size) > 0] = rng.choice(values)
    return classes


def save_png(path, array, palette=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(array, "P" if palette else None)
    if palette:
        image.putpalette(list(rng.integers(0, 256, 768, dtype=np.uint8)))
    image.save(path)


def save_mat(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, content, do_compression=True)


def padded(values, fill):
    canvas = np.full((*values.shape[:-2], *CANVAS), fill, values.dtype)
    canvas[..., :values.shape[-2], :values.shape[-1]] = values
    return canvas


def make_image(root, name, size):
    path = root / "JPEGImages" / f"{name}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(path, quality=90)
    pixels = np.asarray(Image.open(path)).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    return padded(pixels, 0.5)


def make_semseg(root, name, size):
    classes = blocks(size, [0, 3, 15, 20, 255]).astype(np.uint8)
    if name in IN_VOC:
        save_png(root / "semseg/VOC12" / f"{name}.png", classes, palette=True)
        other = np.zeros(size, np.uint8)
        save_png(root / "semseg/pascal-context" / f"{name}.png", other, palette=True)
    else:
        save_png(root / "semseg/pascal-context" / f"{name}.png", classes, palette=True)
    known = classes.astype(np.int64)
    known[classes == 255] = -1
    return padded(known, -1)


def make_parts(root, name, size):
    things, expected = [], None
    for shown in SHOWS[name]:
        parts = np.zeros((0, 0))
        if shown != "far":
            names = list(rng.permutation(list(GROUP))[:9]) if shown == "body" else ["head", "tail"]
            masks = [box(size) for _ in names]
            parts = np.array([list(zip(names, masks))], PART)
            if shown == "body":
                expected = np.zeros(size, np.int64) if expected is None else expected
                for part, mask in zip(names, masks):
                    expected[mask == 1] = GROUP[part]
        things.append(("dog" if shown == "dog" else "person", 12.0 if shown == "dog" else 15.0, box(size), parts))
    save_mat(root / "human_parts" / f"{name}.mat", {"anno": {"imname": name, "objects": np.array([things], THING)}})
    return padded(expected, -1) if expected is not None else np.full(CANVAS, -1)


def make_saliency(root, name, size):
    values = rng.integers(120, 136, size, dtype=np.uint8)
    save_png(root / "sal_distill" / f"{name}.png", values)
    return padded((values > 127.5).astype(np.float32)[None], -1)


def make_normals(root, name, size, classes):
    vectors = rng.normal(size=(*size, 3))
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    vectors[2:4] = 0
    stored = np.round((vectors + 1) * 127.5).astype(np.uint8)
    save_png(root / "normals_distill" / f"{name}.png", stored)
    normals = (2 * stored.astype(np.float64) / 255 - 1).transpose(2, 0, 1)
    normals[:, 2:4] = 0
    trusted = np.isin(classes, TRUSTED)
    return [padded((normals * keep).astype(np.float32), 0) for keep in (classes != 0, trusted)]


def make_edges(classes):
    c = np.pad(classes.astype(int), 1, mode="edge")
    laplacian = c[:-2, 1:-1] + c[2:, 1:-1] + c[1:-1, :-2] + c[1:-1, 2:] - 4 * c[1:-1, 1:-1]
    return padded(np.array(thin((laplacian != 0).astype(int).tolist()), np.float32)[None], -1)


def make(folder):
    root = folder / "PASCAL_MT"
    (root / "ImageSets/Context").mkdir(parents=True)
    (folder / "expected").mkdir()
    for part, sizes in SIZES.items():
        (root / "ImageSets/Context" / f"{part}.txt").write_text("".join(f"{name}\n" for name in sizes))
        made = {}
        for name, size in sizes.items():
            classes = blocks(size, [0, 4, 9, 258, 400]).astype(np.uint16)
            save_mat(root / "pascal-context/trainval" / f"{name}.mat", {"LabelMap": classes})
            normals, trusted = make_normals(root, name, size, classes)
            values = {"image": make_image(root, name, size), "semseg": make_semseg(root, name, size),
                      "parts": make_parts(root, name, size), "saliency": make_saliency(root, name, size),
                      "normals": normals, "trusted": trusted, "edges": make_edges(classes)}
            for key, value in values.items():
                made.setdefault(key, []).append(value)
        for key, values in made.items():
            np.save(folder / "expected" / f"{part}_{key}.npy", np.stack(values))


make(pathlib.Path(sys.argv[1]))
