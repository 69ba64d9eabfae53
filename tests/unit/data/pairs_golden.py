"""Makes multi_fashion_mnist a second time, independently: the CRC-32 values in real_data_test.cc.

    python3 pairs_golden.py ../../../../shared/data
"""
import gzip, sys, zlib
from pathlib import Path

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


class Rng:
    def __init__(self, key):
        self.key, self.counter = key, 0

    def fork(self, name):
        if isinstance(name, str):
            number = 0xCBF29CE484222325
            for byte in name.encode():
                number = (number ^ byte) * 0x100000001B3 & MASK
        else:
            number = name
        return Rng(mix(self.key ^ mix(number + GOLDEN & MASK)))

    def below(self, n):
        while True:
            self.counter += 1
            draw = mix(self.key + self.counter * GOLDEN & MASK)
            if draw < MASK - MASK % n:
                return draw % n


def permutation(rng, n):
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = rng.below(i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def read(folder, part):
    images, labels = (gzip.open(folder / f"{part}-{kind}-ubyte.gz").read() for kind in ("images-idx3", "labels-idx1"))
    return images[16:], labels[8:]


def make(left, right, part, count):
    stream = Rng(mix(GOLDEN)).fork("pairs").fork(part)
    order = permutation(stream.fork("order"), len(left[1]))
    images, targets = bytearray(), [bytearray(), bytearray()]
    for sample in range(count):
        rng = stream.fork(sample)
        chosen = (left, order[sample % len(order)]), (right, rng.below(len(right[1])))
        canvas = [0] * 36 * 36
        for begin, ((pixels, labels), i), target in zip((0, 4), chosen, targets):
            y, x = begin + rng.below(5), begin + rng.below(5)
            for row in range(28):
                for column in range(28):
                    place = (y + row) * 36 + x + column
                    canvas[place] = min(255, canvas[place] + pixels[i * 784 + row * 28 + column])
            target += labels[i].to_bytes(8, "little")
        images += bytes(canvas)
    return f"{zlib.crc32(images):08x} {zlib.crc32(targets[0] + targets[1]):08x}"


root = Path(sys.argv[1])
mnist, fashion = root / "mnist", root / "fashion-mnist"


def cut(items, begin, end):
    return items[0][begin * 784:end * 784], items[1][begin:end]


left, right = read(mnist, "train"), read(fashion, "train")
print("train", make(cut(left, 0, 54000), cut(right, 0, 54000), "train", 500))
print("validation", make(cut(left, 54000, 60000), cut(right, 54000, 60000), "validation", 500))
print("test", make(read(mnist, "t10k"), read(fashion, "t10k"), "test", 500))
