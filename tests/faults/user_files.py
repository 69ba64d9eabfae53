"""Small files of the formats that users bring, made with Python's standard library: IDX, MATLAB 5, NumPy, PyTorch."""
import collections
import io
import json
import pickle
import random
import struct
import types
import zipfile
import zlib


def write_idx(path, sizes, values):
    path.write_bytes(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + bytes(values))


def write_mnist(folder, count=12):
    """The four files of MNIST: random digits."""
    folder.mkdir(parents=True)
    chance = random.Random(4)
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte", [count, 28, 28],
                  (chance.randrange(256) for _ in range(count * 784)))
        write_idx(folder / f"{part}-labels-idx1-ubyte", [count], (chance.randrange(10) for _ in range(count)))


def write_mat(path, name, rows):
    """A matrix of numbers below 256, packed as MATLAB's -v7 does."""
    def element(kind, data):
        return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)
    values = bytes(row[x] for x in range(len(rows[0])) for row in rows)  # column by column
    array = element(14, element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack("<II", len(rows), len(rows[0]))) +
                    element(1, name.encode()) + element(2, values))
    packed = zlib.compress(array)
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(116) + bytes(8) + b"\0\1IM" +
                     struct.pack("<II", 15, len(packed)) + packed)


def write_pascal(folder, pictures):
    """The layout of PASCAL_MT with its pictures and the label maps that the task edges needs."""
    root = folder / "PASCAL_MT"
    for name in ("ImageSets/Context", "JPEGImages", "pascal-context/trainval"):
        (root / name).mkdir(parents=True)
    names = [f"2008_{i:06}" for i in range(len(pictures))]
    for i, (name, picture) in enumerate(zip(names, pictures)):
        (root / "JPEGImages" / f"{name}.jpg").write_bytes(picture.read_bytes())
        write_mat(root / "pascal-context/trainval" / f"{name}.mat", "LabelMap",
                  [[(x + i) // 9 + y // 11 for x in range(64)] for y in range(64)])
    (root / "ImageSets/Context/train.txt").write_text("".join(f"{name}\n" for name in names[:-2]))
    (root / "ImageSets/Context/val.txt").write_text("".join(f"{name}\n" for name in names[-2:]))


class _Storage:
    """Stands for torch.FloatStorage."""


def _rebuild_tensor_v2(*parts):
    """Stands for torch._utils' function of this name."""


class _Tensor:
    def __init__(self, key, shape):
        self.key, self.shape = key, shape

    def __reduce__(self):
        strides = [1]
        for size in reversed(self.shape[1:]):
            strides.insert(0, strides[0] * size)
        numel = strides[0] * self.shape[0]
        storage = _Persistent(("storage", _Storage, self.key, "cpu", numel))
        return _rebuild_tensor_v2, (storage, 0, tuple(self.shape), tuple(strides), False, collections.OrderedDict())


class _Persistent:
    def __init__(self, identity):
        self.identity = identity


class _Pickler(pickle._Pickler):
    """Writes the names that PyTorch's files have."""
    def persistent_id(self, obj):
        return obj.identity if isinstance(obj, _Persistent) else None

    def save_global(self, obj, name=None):
        known = {_Storage: "torch FloatStorage", _rebuild_tensor_v2: "torch._utils _rebuild_tensor_v2"}
        if obj not in known:
            return super().save_global(obj, name)
        self.write(b"c" + known[obj].replace(" ", "\n").encode() + b"\n")

    dispatch = {**pickle._Pickler.dispatch, type: save_global, types.FunctionType: save_global}


def write_pth(path, tensors):
    """`tensors`: {name: (shape, values)}, as torch.save writes a state_dict."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        text = io.BytesIO()
        _Pickler(text, 2).dump(collections.OrderedDict((name, _Tensor(str(i), shape))
                                                       for i, (name, (shape, _)) in enumerate(tensors.items())))
        archive.writestr("archive/data.pkl", text.getvalue())
        archive.writestr("archive/version", "3\n")
        for i, (_, values) in enumerate(tensors.values()):
            archive.writestr(f"archive/data/{i}", struct.pack(f"<{len(values)}f", *values))


def read_safetensors(path):
    """{name: (shape, values)} of the float32 tensors."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        if entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            found[name] = entry["shape"], struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin:8 + size + end])
    return found


def write_npy(path, shape, values):
    """uint8."""
    header = repr({"descr": "|u1", "fortran_order": False, "shape": tuple(shape)}).encode() + b"\n"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + bytes(values))
