#!/usr/bin/python3
"""Samples per second of our loader against PyTorch's DataLoader with a data set class as everybody writes it.

    bench/loader.py build/bench/bench_loader [rounds, default 5] [folder for the files, default /dev/shm/loader-bench]
                    [seconds a round, default 3] [--records]

Three kinds of data: 60000 gray images of 28 x 28 bytes in memory, batch 256, item by item as torchvision's MNIST does
(without PIL, which would make it slower); NYUv2's arrays, 60 samples of 288 x 384 in the page cache, batch 8, read by
numpy.load, channels moved, turned to float tensors, as LibMTL does; and CelebA's pictures, 2000 JPEG files of 178 x
218 resized to 64 x 64, batch 256, read by PIL as torchvision does. Both sides take turns, round by round; medians and
ratios are printed, or with --records one JSON object a measurement (bench/results.py). A round reads whole passes
until its seconds are over; the first pass, in which workers start, does not count. "memory" is how often one thread
can copy the numbers of a sample from one place to another: a loader cannot be much faster.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

try:
    import numpy as np
    import torch
    from PIL import Image
except ImportError as error:
    sys.exit(f"bench/loader.py: {error}; install python3-torch, python3-numpy and python3-pil")

PASS_SAMPLES = 60000
HEIGHT, WIDTH, SAMPLES = 288, 384, 60
FACES = 2000
ATTRIBUTES = """5_o_Clock_Shadow Arched_Eyebrows Attractive Bags_Under_Eyes Bald Bangs Big_Lips Big_Nose Black_Hair
Blond_Hair Blurry Brown_Hair Bushy_Eyebrows Chubby Double_Chin Eyeglasses Goatee Gray_Hair Heavy_Makeup
High_Cheekbones Male Mouth_Slightly_Open Mustache Narrow_Eyes No_Beard Oval_Face Pale_Skin Pointy_Nose
Receding_Hairline Rosy_Cheeks Sideburns Smiling Straight_Hair Wavy_Hair Wearing_Earrings Wearing_Hat
Wearing_Lipstick Wearing_Necklace Wearing_Necktie Young""".split()


class Digits(torch.utils.data.Dataset):
    def __init__(self):
        generator = torch.Generator().manual_seed(1)
        self.images = torch.randint(0, 256, (PASS_SAMPLES, 28, 28), dtype=torch.uint8, generator=generator)
        self.labels = torch.randint(0, 10, (PASS_SAMPLES,), generator=generator)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.images[i].unsqueeze(0).to(torch.float32).div(255), int(self.labels[i])


class Rooms(torch.utils.data.Dataset):
    def __init__(self, root):
        self.root = root

    def __len__(self):
        return SAMPLES

    def __getitem__(self, i):
        load = lambda folder: np.load(self.root / folder / f"{i}.npy")
        image = torch.from_numpy(np.moveaxis(load("image"), -1, 0)).float()
        targets = {
            "semantic": torch.from_numpy(load("label")).float(),
            "depth": torch.from_numpy(np.moveaxis(load("depth"), -1, 0)).float(),
            "normal": torch.from_numpy(np.moveaxis(load("normal"), -1, 0)).float(),
        }
        return image, targets


class Faces(torch.utils.data.Dataset):
    def __init__(self, root):
        self.root = root
        self.answers = torch.zeros(FACES, len(ATTRIBUTES), dtype=torch.int64)

    def __len__(self):
        return FACES

    def __getitem__(self, i):
        picture = Image.open(self.root / f"{i}.jpg").convert("RGB").resize((64, 64), Image.BILINEAR)
        return (
            torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous().to(torch.float32).div(255),
            self.answers[i],
        )


def make_faces(root):
    rng = np.random.default_rng(2)
    (root / "img_align_celeba").mkdir(parents=True)
    for i in range(FACES):
        smooth = Image.fromarray(rng.integers(0, 256, (30, 25, 3)).astype(np.uint8)).resize((178, 218), Image.BICUBIC)
        smooth.save(root / "img_align_celeba" / f"{i}.jpg", quality=90)
    rows = [f"{i}.jpg " + " ".join(["-1"] * len(ATTRIBUTES)) for i in range(FACES)]
    (root / "list_attr_celeba.txt").write_text("\n".join([str(FACES), " ".join(ATTRIBUTES)] + rows) + "\n")
    (root / "list_eval_partition.txt").write_text("\n".join(f"{i}.jpg 0" for i in range(FACES)) + "\n")


def make_rooms(root):
    """All arrays float32; nobody has written down the types of MTAN's archive."""
    rng = np.random.default_rng(1)
    for part, count in (("train", SAMPLES), ("val", 1)):
        for i in range(count):
            normal = rng.normal(size=(HEIGHT, WIDTH, 3))
            arrays = {
                "image": rng.random((HEIGHT, WIDTH, 3)),
                "label": rng.integers(-1, 13, (HEIGHT, WIDTH)),
                "depth": rng.random((HEIGHT, WIDTH, 1)) * 10,
                "normal": normal / np.linalg.norm(normal, axis=2, keepdims=True),
            }
            for folder, array in arrays.items():
                path = root / part / folder / f"{i}.npy"
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, array.astype(np.float32))


def python_rate(data, batch, workers, seconds):
    loader = torch.utils.data.DataLoader(
        data, batch_size=batch, shuffle=True, num_workers=workers, drop_last=False, persistent_workers=workers > 0
    )
    samples, begin = 0, None
    while True:
        for inputs, _ in loader:
            samples += len(inputs)
        if begin is None:  # the pass in which workers start
            samples, begin = 0, time.perf_counter()
        elif time.perf_counter() - begin > seconds:
            return samples / (time.perf_counter() - begin)


def copy_rate(seconds):
    source = np.ones((SAMPLES, 8 * HEIGHT * WIDTH), np.float32)
    target = np.empty((8, 8 * HEIGHT * WIDTH), np.float32)
    samples, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        target[samples % 8] = source[samples % SAMPLES]
        samples += 1
    return samples / (time.perf_counter() - begin)


def our_rate(program, kind, root, batch, workers, seconds):
    command = [program, kind, str(root), str(batch), str(workers), str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def rates_of(program, kind, data, batch, rounds, root, seconds):
    """{side: [samples a second, one a round]}."""
    cases = {f"reconcile, {w} workers": lambda w=w: our_rate(program, kind, root, batch, w, seconds) for w in (0, 1, 2)}
    cases.update({f"DataLoader, {w} workers": lambda w=w: python_rate(data, batch, w, seconds) for w in (0, 2)})
    if kind == "nyuv2":
        cases["memory"] = lambda: copy_rate(seconds)
    rates = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measure in cases.items():
            rates[name].append(measure())
    return rates


def print_records(kind, rates, best):
    for name, values in rates.items():
        times = [1e3 / rate for rate in values]
        print(
            json.dumps(
                {
                    "variant": f"{kind}, {name}",
                    "ms": statistics.median(times),
                    "ms_min": min(times),
                    "ms_max": max(times),
                    "rounds": len(times),
                    "samples_per_second": statistics.median(values),
                    "ratios": {"DataLoader": statistics.median(times) * best / 1e3},
                }
            ),
            flush=True,
        )


def print_table(kind, batch, rates, best):
    print(f"{kind}, batch {batch}, {os.cpu_count()} cores")
    for name, values in rates.items():
        rate = statistics.median(values)
        print(f"  {name:<24} {rate:>12.0f} samples/s {rate / best:>7.2f}x of DataLoader's best", flush=True)


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--records"]
    program = arguments[0]
    rounds = int(arguments[1]) if len(arguments) > 1 else 5
    root = pathlib.Path(arguments[2] if len(arguments) > 2 else "/dev/shm/loader-bench")
    seconds = float(arguments[3]) if len(arguments) > 3 else 3.0
    if not (root / "nyuv2").exists():
        make_rooms(root / "nyuv2")
        make_faces(root / "celeba")
    for kind, data, batch in (
        ("digits", Digits(), 256),
        ("nyuv2", Rooms(root / "nyuv2" / "train"), 8),
        ("celeba", Faces(root / "celeba" / "img_align_celeba"), 256),
    ):
        rates = rates_of(program, kind, data, batch, rounds, root, seconds)
        best = max(statistics.median(rates[f"DataLoader, {w} workers"]) for w in (0, 2))
        if "--records" in sys.argv:
            print_records(kind, rates, best)
        else:
            print_table(kind, batch, rates, best)


if __name__ == "__main__":
    main()
