#!/usr/bin/env python3
"""Python's side of files_oracle_test.cc.

    files_oracle.py write DIR    files of every kind, and expected.json: kind -> file -> what is in it
    files_oracle.py read DIR     answer.json: the same of the files that C++ has written into DIR
Arrays are described as "type [shape] CRC-32 of the numbers, row by row". A kind is missing if its package is not here.
"""
import csv, json, pathlib, struct, sys, zlib

import numpy as np

try:
    from PIL import Image
except ImportError:
    Image = None
try:
    import scipy.io
except ImportError:
    scipy = None

RNG = np.random.default_rng(3)
WIDER = {"uint16": "int32", "uint32": "int64"}


def describe(array):
    array = np.asarray(array)
    array = array.astype(WIDER.get(array.dtype.name, array.dtype.newbyteorder("=")))
    return f"{array.dtype.name} {list(array.shape)} {zlib.crc32(array.tobytes()):08x}"


def random_array(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return RNG.standard_normal(shape).astype(dtype)
    if dtype.kind == "b":
        return RNG.random(shape) < 0.5
    limits = np.iinfo(dtype)
    return RNG.integers(limits.min, limits.max, shape, dtype.newbyteorder("="), endpoint=True).astype(dtype)


def write_npy(folder):
    expected = {}
    dtypes = [order + name for name in ("f2", "f4", "f8", "i2", "u2", "i4", "u4", "i8") for order in "<>"]
    for dtype in dtypes + ["i1", "u1", "b1"]:
        for shape in ((), (5,), (2, 3, 4), (0, 3)):
            for order in "CF":
                name = f"{dtype[-2:]}{'be' if dtype[0] == '>' else ''}_{'x'.join(map(str, shape)) or 's'}_{order}.npy"
                array = np.asarray(random_array(dtype, shape), order=order)
                np.save(folder / name, array)
                expected[name] = describe(array)
    for version in ((1, 0), (2, 0), (3, 0)):
        name = f"version{version[0]}.npy"
        with open(folder / name, "wb") as file:
            np.lib.format.write_array(file, np.arange(6).reshape(2, 3), version)
        expected[name] = describe(np.arange(6).reshape(2, 3))
    return expected


def smooth(height, width, channels):
    """A picture with edges and ramps."""
    y, x = np.mgrid[:height, :width]
    planes = [(x * (5 + c) + y * 3 + 90 * ((x // 7 + y // 5 + c) % 2)) % 256 for c in range(channels)]
    return np.stack(planes, -1).astype(np.uint8)


def chw(image):
    array = np.asarray(image)
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def write_pictures(folder):
    gray, colour = smooth(19, 31, 1)[..., 0], smooth(19, 31, 3)
    images = {"gray.png": Image.fromarray(gray), "rgb.png": Image.fromarray(colour),
              "rgba.png": Image.fromarray(np.concatenate([colour, gray[..., None]], -1), "RGBA"),
              "la.png": Image.fromarray(np.stack([gray, 255 - gray], -1), "LA"),
              "palette.png": Image.fromarray(colour).quantize(17), "bits.png": Image.fromarray(gray > 99)}
    for name, image in images.items():
        image.save(folder / name)
    for quality, sampling in ((95, 0), (80, 2), (50, 1)):
        Image.fromarray(colour).save(folder / f"c{quality}.jpg", quality=quality, subsampling=sampling)
    Image.fromarray(colour).save(folder / "progressive.jpg", progressive=True)
    Image.fromarray(gray).save(folder / "gray.jpg")
    names = list(images) + ["c95.jpg", "c80.jpg", "c50.jpg", "progressive.jpg", "gray.jpg"]
    grays = ("gray.png", "la.png", "bits.png", "gray.jpg")
    return {name: describe(chw(Image.open(folder / name).convert("L" if name in grays else "RGB"))) for name in names}


def write_labels(folder):
    labels = RNG.integers(0, 21, (11, 14), dtype=np.uint8)
    labels[0, :3] = 255
    palette = Image.fromarray(labels, "P")
    palette.putpalette(list(RNG.integers(0, 256, 768, dtype=np.uint8)))
    palette.save(folder / "labels.png")
    Image.fromarray(labels).save(folder / "labels_gray.png")
    few = Image.fromarray(labels % 4, "P")
    few.putpalette([0, 0, 0, 9, 9, 9, 99, 0, 0, 0, 0, 5])
    few.save(folder / "labels_2bit.png", bits=2)
    Image.fromarray(labels > 9).save(folder / "labels_1bit.png")
    wide = RNG.integers(0, 65536, (6, 9)).astype(np.uint16)
    Image.fromarray(wide).save(folder / "labels_16bit.png")
    plain = {"labels.png": labels, "labels_gray.png": labels, "labels_2bit.png": labels % 4,
             "labels_1bit.png": labels > 9, "labels_16bit.png": wide}
    return {name: describe(array.astype(np.int32)) for name, array in plain.items()}


def write_resized(folder):
    """Originals and what PIL makes of them, for comparison up to rounding."""
    expected = {}
    for i, (size, target) in enumerate((((40, 60), (17, 23)), ((9, 13), (30, 31)), ((50, 20), (50, 7)))):
        noise = RNG.integers(0, 256, (*size, 3), dtype=np.uint8)
        np.save(folder / f"whole{i}.npy", noise.transpose(2, 0, 1))
        for name, how in (("bilinear", Image.BILINEAR), ("nearest", Image.NEAREST)):
            resized = np.asarray(Image.fromarray(noise).resize(target[::-1], how))
            np.save(folder / f"{name}{i}.npy", resized.transpose(2, 0, 1))
        expected[str(i)] = list(target)
    return expected


def describe_mat(value):
    """What C++ says of a value that loadmat gave, in MATLAB's terms."""
    if isinstance(value, np.ndarray) and value.dtype.names:
        structs = [{name: describe_mat(one[name]) for name in value.dtype.names} for one in value.flatten("F")]
        return structs[0] if value.size == 1 else structs
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [describe_mat(one) for one in value.flatten("F")]
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return str(value[0]) if value.size else ""
    return describe(value)


def anno():
    """The annotation of an image as in PASCAL-Parts."""
    part = np.dtype([("part_name", object), ("mask", object)])
    thing = np.dtype([("class", object), ("class_ind", object), ("mask", object), ("parts", object)])
    mask = lambda: RNG.integers(0, 2, (6, 8), dtype=np.uint8)
    parts = np.array([[("head", mask()), ("luarm", mask())]], part)
    none = np.zeros((0, 0))
    objects = np.array([[("person", 15.0, mask(), parts), ("dog", 12.0, mask(), none)]], thing)
    return {"imname": "2008_000002", "objects": objects}


def write_mat(folder):
    numbers = {dtype: random_array(dtype, (3, 4, 2)) for dtype in
               ("f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8")}
    values = {**numbers, "yes": RNG.random((3, 5)) < 0.5, "one": 7.0, "empty": np.zeros((0, 0)), "text": "hello",
              "cell": np.array([["a", np.arange(6.0).reshape(2, 3), {"x": 1.0}]], object), "anno": anno(),
              "small": np.array([[1, 2, 3]], np.int16)}
    expected = {}
    for name, options in (("plain.mat", {}), ("packed.mat", {"do_compression": True})):
        scipy.io.savemat(folder / name, values, **options)
        loaded = scipy.io.loadmat(folder / name, struct_as_record=True)
        expected[name] = {key: describe_mat(loaded[key]) for key in values}
        expected[name]["yes"] = describe(values["yes"])  # which loadmat gives as uint8
    return expected


TABLE = [["id", "weather, today", "x y"], ["1", 'said "hello"', "-2.5"], ["2", "two\nlines", ""], ["3", "äö", "1e-3"]]


def write_tables(folder):
    for name, options in (("a.csv", {}), ("a.tsv", {"delimiter": "\t"}), ("unix.csv", {"lineterminator": "\n"}),
                          ("quoted.csv", {"quoting": csv.QUOTE_ALL})):
        with open(folder / name, "w", newline="", encoding="utf-8-sig" if name == "a.csv" else "utf-8") as file:
            csv.writer(file, **options).writerows(TABLE)
    return {name: TABLE for name in ("a.csv", "a.tsv", "unix.csv", "quoted.csv")}


def write_safetensors(folder):
    """By the letter of the format; the package is not in Debian."""
    names = {"F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1", "U8": "u1"}
    tensors = {name: random_array("<" + dtype, (3, 2)) for name, dtype in names.items()}
    tensors["BOOL"] = RNG.random((2, 3)) < 0.5
    header, data = {"__metadata__": {"made": "by hand"}}, b""
    for name, array in tensors.items():
        header[name] = {"dtype": name, "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    (folder / "a.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    return {"a.safetensors": {name: describe(array) for name, array in tensors.items()}}


def write(folder):
    expected = {"npy": write_npy(folder), "table": write_tables(folder), "safetensors": write_safetensors(folder)}
    if Image:
        expected |= {"picture": write_pictures(folder), "label": write_labels(folder), "resized": write_resized(folder)}
    if scipy:
        expected["mat"] = write_mat(folder)
    (folder / "expected.json").write_text(json.dumps(expected))


def read(folder):
    answer = {path.name: describe(np.load(path)) for path in folder.glob("*.npy")}
    for path in folder.glob("*.png") if Image else []:
        image = np.asarray(Image.open(path))
        answer[path.name] = describe(image.astype(np.int32) if image.dtype != np.uint8 else chw(image))
    for path in folder.glob("*.jpg") if Image else []:
        answer[path.name] = describe(chw(Image.open(path)))
    (folder / "answer.json").write_text(json.dumps(answer))


{"write": write, "read": read}[sys.argv[1]](pathlib.Path(sys.argv[2]))
