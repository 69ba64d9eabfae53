#!/usr/bin/python3
"""Samples per second of our loader against PyTorch's DataLoader with a data set class as everybody writes it.

    bench/loader.py build/bench/bench_loader [rounds, default 5] [folder for the arrays, default /dev/shm/loader-bench]

Two kinds of data: 60000 gray images of 28 x 28 bytes in memory, batch 256, item by item as torchvision's MNIST does (without
PIL, which would make it slower); and NYUv2's arrays, 60 samples of 288 x 384 in the page cache, batch 8, read by numpy.load,
channels moved, turned to float tensors, as LibMTL does. Both sides take turns, round by round; medians and ratios are printed. A
round reads ROUND_SECONDS worth of whole passes; the first pass, in which workers start, does not count.
"""
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import torch

ROUND_SECONDS = 3.0
PASS_SAMPLES = 60000
HEIGHT, WIDTH, SAMPLES = 288, 384, 60


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
        targets = {"semantic": torch.from_numpy(load("label")).float(),
                   "depth": torch.from_numpy(np.moveaxis(load("depth"), -1, 0)).float(),
                   "normal": torch.from_numpy(np.moveaxis(load("normal"), -1, 0)).float()}
        return image, targets


def make_rooms(root):
    """All arrays float32; nobody has written down the types of MTAN's archive."""
    rng = np.random.default_rng(1)
    for part, count in (("train", SAMPLES), ("val", 1)):
        for i in range(count):
            normal = rng.normal(size=(HEIGHT, WIDTH, 3))
            arrays = {"image": rng.random((HEIGHT, WIDTH, 3)), "label": rng.integers(-1, 13, (HEIGHT, WIDTH)),
                      "depth": rng.random((HEIGHT, WIDTH, 1)) * 10,
                      "normal": normal / np.linalg.norm(normal, axis=2, keepdims=True)}
            for folder, array in arrays.items():
                path = root / part / folder / f"{i}.npy"
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, array.astype(np.float32))


def python_rate(data, batch, workers):
    loader = torch.utils.data.DataLoader(data, batch_size=batch, shuffle=True, num_workers=workers, drop_last=False,
                                         persistent_workers=workers > 0)
    samples, begin = 0, None
    while True:
        for inputs, _ in loader:
            samples += len(inputs)
        if begin is None:  # the pass in which workers start
            samples, begin = 0, time.perf_counter()
        elif time.perf_counter() - begin > ROUND_SECONDS:
            return samples / (time.perf_counter() - begin)


def our_rate(program, kind, root, batch, workers):
    command = [program, kind, str(root), str(batch), str(workers), str(ROUND_SECONDS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    root = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/dev/shm/loader-bench")
    if not (root / "val").exists():
        make_rooms(root)
    for kind, data, batch in (("digits", Digits(), 256), ("rooms", Rooms(root / "train"), 8)):
        cases = {f"reconcile, {w} workers": lambda w=w: our_rate(program, kind, root, batch, w) for w in (0, 1, 2)}
        cases.update({f"DataLoader, {w} workers": lambda w=w: python_rate(data, batch, w) for w in (0, 2)})
        rates = {name: [] for name in cases}
        for _ in range(rounds):
            for name, measure in cases.items():
                rates[name].append(measure())
        medians = {name: statistics.median(values) for name, values in rates.items()}
        best = max(medians["DataLoader, 0 workers"], medians["DataLoader, 2 workers"])
        print(f"{kind}, batch {batch}, {torch.get_num_threads()} cores, {rounds} rounds")
        for name, rate in medians.items():
            print(f"  {name:<24} {rate:>12.0f} samples/s {rate / best:>7.2f}x of DataLoader's best", flush=True)


if __name__ == "__main__":
    main()
