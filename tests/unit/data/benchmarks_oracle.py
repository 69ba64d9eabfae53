#!/usr/bin/env python3
"""The other side of the tests of benchmark data sets: NumPy and PIL write files in the true formats and read them back.

    benchmarks_oracle.py make KIND DIR          files of KIND (nyuv2, cityscapes, office, celeba) below DIR
    benchmarks_oracle.py check KIND DIR DUMP    whether the batches in DUMP hold what the files say
A batch is DUMP/<part>/input_<g>.npy and target_<t>.npy, all samples of the part in their order.
Exit status 77: no NumPy or PIL here.
"""
import pathlib
import random
import sys

try:
    import numpy as np
    from PIL import Image
except ImportError:
    sys.exit(77)

H, W = 12, 20
PARTS = {"train": 7, "val": 3}
CLASSES = 4
DOMAINS = {"Art": "Art", "Real World": "Real_World"}  # folder -> task
PART_NAMES = {"train": "train", "val": "test"}


# Arrays in MTAN's folders: every type that the archives may have, in C and Fortran order.

IMAGE_TYPES = ["<f4", "<f8", ">f4", "u1", "<f2"]
LABEL_TYPES = ["<f8", "<i8", "<f4", "i1", ">i4", "<i2", "u1"]
OTHER_TYPES = ["<f4", "<f8", "<f2", ">f8"]


def save(path, array, kind, fortran):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, (np.asfortranarray if fortran else np.ascontiguousarray)(array.astype(kind)))


def arrays(rng, i, labels):
    """image, label, depth and normal of one sample."""
    image_type = IMAGE_TYPES[i % len(IMAGE_TYPES)]
    image = rng.integers(0, 256, (H, W, 3)) if image_type == "u1" else rng.random((H, W, 3))
    label = rng.integers(-1, labels, (H, W)).astype(float)
    label_type = LABEL_TYPES[i % len(LABEL_TYPES)]
    if label_type == "u1":
        label[label < 0] = 255
    if label_type.endswith(("f8", "f4")):
        label += rng.uniform(-5e-4, 5e-4, (H, W))
    depth = rng.random((H, W, 1)) * 10 * (rng.random((H, W, 1)) > 0.2)
    normal = rng.normal(size=(H, W, 3))
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    normal[0, 0] = 0
    normal[1, 1] = [0.5, -0.5, 0]  # sums to exactly 0 in any type
    normal[2, 2] = [1.0005, 0, 0]  # rounded beyond 1
    return {"image": (image, image_type), "label": (label[..., None] if i % 2 else label, label_type),
            "depth": (depth[..., 0] if i % 3 == 0 else depth, OTHER_TYPES[i % 4]), "normal": (normal, OTHER_TYPES[(i + 1) % 4])}


def make_arrays(root, folders, labels):
    rng = np.random.default_rng(1)
    for part, count in PARTS.items():
        for i in range(count):
            for name, (array, kind) in arrays(rng, i, labels).items():
                if name in folders:
                    save(root / part / folders[name] / f"{i}.npy", array, kind, fortran=(i + len(name)) % 2 == 1)


def read_array(name, path):
    """What a batch must hold of one file."""
    array = np.load(path)
    if name == "label":
        array = array.reshape(H, W)
        classes = np.rint(array.astype(np.float64)).astype(np.int64)
        return np.where(classes == 255, -1, classes) if array.dtype == np.uint8 else classes
    planes = np.moveaxis(array.reshape(H, W, -1), -1, 0).astype(np.float32)
    if name == "normal":
        planes = np.clip(planes, -1, 1)
    return planes / np.float32(255) if array.dtype == np.uint8 else planes


def check_arrays(root, folders, dump, zero_sums):
    for part, count in PARTS.items():
        for index, name in enumerate(folders):
            expected = np.stack([read_array(name, root / part / folders[name] / f"{i}.npy") for i in range(count)])
            if name == "normal" and zero_sums:
                expected = expected * (expected.sum(axis=1, keepdims=True) != 0)
            file = "input_0.npy" if index == 0 else f"target_{index - 1}.npy"
            compare(dump / PART_NAMES[part] / file, expected, 0)


def compare(path, expected, tolerance):
    found = np.load(path)
    if found.dtype != expected.dtype or found.shape != expected.shape:
        sys.exit(f"{path}: {found.dtype} {found.shape}, not {expected.dtype} {expected.shape}")
    worst = np.abs(found.astype(np.float64) - expected).max() if found.size else 0
    if not worst <= tolerance:
        sys.exit(f"{path}: differs by {worst}")


NYUV2 = {"image": "image", "label": "label", "depth": "depth", "normal": "normal"}
CITYSCAPES = {"image": "image", "label": "label_7", "depth": "depth"}


# Pictures.

def draw(rng, height, width, gray):
    """A smooth picture: resizing must average, and JPEG keeps it."""
    small = rng.integers(0, 256, (5, 6) if gray else (5, 6, 3)).astype(np.uint8)
    return Image.fromarray(small).resize((width, height), Image.BICUBIC)


def as_input(path):
    picture = Image.open(path).convert("RGB").resize((W, H), Image.BILINEAR)
    return np.moveaxis(np.asarray(picture, np.float32) / 255, -1, 0)


def make_office(root):
    rng = np.random.default_rng(2)
    for domain in DOMAINS:
        for label in range(CLASSES):
            folder = root / domain / ("images" if domain == "Art" else ".") / f"class {label}"
            folder.mkdir(parents=True)
            for i in range(5 if domain == "Art" else 10):
                ending = ["jpg", "png", "JPG", "jpeg", "jpg"][i % 5]
                picture = draw(rng, 30 + i, 50 + label, gray=i == 2)
                picture.save(folder / f"{i:05}.{ending}", **({} if ending == "png" else {"quality": 95}))


def make_lists(root):
    """LibMTL's lists: other labels than the sorted folders have, one line without end."""
    for domain in DOMAINS:
        below = "images/" if domain == "Art" else ""
        lines = [f"{domain.replace(' ', '_')}/{below}class {label}/00000.jpg {CLASSES - 1 - label}" for label in range(CLASSES)]
        for part in ("train", "val", "test"):
            path = root / "data_txt" / "domain_folders" / f"{domain}_{part}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes({"train": "\r\n", "val": "\n", "test": "\n\n"}[part].join(lines).encode())


def check_office(root, dump):
    """`files_<g>.txt` says which files the loader read, with their labels; here they are read by PIL."""
    for part in ("train", "validation", "test"):
        for g in range(len(DOMAINS)):
            lines = (dump / part / f"files_{g}.txt").read_text().splitlines()
            pairs = [line.rsplit(" ", 1) for line in lines]
            compare(dump / part / f"input_{g}.npy", np.stack([as_input(path) for path, _ in pairs]), 2.01 / 255)
            compare(dump / part / f"target_{g}.npy", np.array([int(label) for _, label in pairs], np.int64), 0)


ATTRIBUTES = """5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair Blond_Hair
Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup High_Cheekbones Male
Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose Receding_Hairline Rosy_Cheeks Sideburns
Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young""".split()
CELEBA_PARTS = [0, 1, 0, 2, 0, 2]
CELEBA_LAYOUTS = {"torchvision": ("img_align_celeba", "list_attr_celeba.txt", "list_eval_partition.txt"),
                  "original": ("Img/img_align_celeba", "Anno/list_attr_celeba.txt", "Eval/list_eval_partition.txt"),
                  "Kaggle": ("img_align_celeba/img_align_celeba", "list_attr_celeba.csv", "list_eval_partition.csv")}


def celeba_answers():
    rng = random.Random(3)
    return [[rng.choice([-1, 1]) for _ in ATTRIBUTES] for _ in CELEBA_PARTS]


def make_celeba(root):
    rng = np.random.default_rng(4)
    pictures = [draw(rng, 218, 178, gray=False) for _ in CELEBA_PARTS]
    names = [f"{i + 1:06}.jpg" for i in range(len(pictures))]
    for layout, places in CELEBA_LAYOUTS.items():
        folder, attributes, partition = (root / layout / "celeba" / place for place in places)
        for path in (folder, attributes.parent, partition.parent):
            path.mkdir(parents=True, exist_ok=True)
        for name, picture in zip(names, pictures):
            picture.save(folder / name, quality=95)
        comma = layout == "Kaggle"
        rows = [[name] + [f"{a:d}" if comma else f"{a:2d}" for a in row] for name, row in zip(names, celeba_answers())]
        head = ["image_id," + ",".join(ATTRIBUTES)] if comma else [str(len(names)), " ".join(ATTRIBUTES) + " "]
        attributes.write_text("\n".join(head + [("," if comma else " ").join(row) for row in rows]) + "\n")
        lines = ["image_id,partition"] if comma else []
        lines += [f"{name}{',' if comma else ' '}{part}" for name, part in zip(names, CELEBA_PARTS)]
        partition.write_text("\r\n".join(lines) if comma else "\n".join(lines) + "\n")


def check_celeba(root, dump, as_labels):
    for number, part in enumerate(("train", "validation", "test")):
        rows = [i for i, p in enumerate(CELEBA_PARTS) if p == number]
        folder = root / "torchvision/celeba/img_align_celeba"
        compare(dump / part / "input_0.npy", np.stack([as_input(folder / f"{i + 1:06}.jpg") for i in rows]), 2.01 / 255)
        for t in range(len(ATTRIBUTES)):
            answers = np.array([celeba_answers()[i][t] > 0 for i in rows])
            expected = answers[:, None].astype(np.float32) if as_labels else answers.astype(np.int64)
            compare(dump / part / f"target_{t}.npy", expected, 0)


def main(action, kind, root, dump=None):
    root = pathlib.Path(root)
    if action == "make":
        {"nyuv2": lambda: make_arrays(root, NYUV2, 13), "cityscapes": lambda: make_arrays(root, CITYSCAPES, 7),
         "office": lambda: make_office(root), "lists": lambda: make_lists(root), "celeba": lambda: make_celeba(root)}[kind]()
        return
    dump = pathlib.Path(dump)
    {"nyuv2": lambda: check_arrays(root, NYUV2, dump, False), "nyuv2_zero_sums": lambda: check_arrays(root, NYUV2, dump, True),
     "cityscapes": lambda: check_arrays(root, CITYSCAPES, dump, False), "office": lambda: check_office(root, dump),
     "celeba": lambda: check_celeba(root, dump, False), "celeba_labels": lambda: check_celeba(root, dump, True)}[kind]()


if __name__ == "__main__":
    main(*sys.argv[1:])
