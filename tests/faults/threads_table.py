#!/usr/bin/env python3
"""How far runs with one and two threads part: the same seed, the same data, after some steps.

    tests/faults/threads_table.py [--program build/tools/reconcile/reconcile]

Run it after a build; it needs Python's standard library only. Prints a Markdown table with the distance of the weights, |w1 - w2| / |w1| over
all parameters and running statistics together, and the largest relative difference of an epoch's training losses. Nothing is
asserted here; tests/unit/train/determinism_test.cc asserts, and docs/guide/determinism.md says why these figures are so.
"""
import json
import pathlib

from faults import TINY_NETWORK, arguments, possible_here, run, scratch, settings, table
from user_files import read_safetensors

GLYPHS = ["data.train_samples=128", "data.validation_samples=16", "data.test_samples=16", "train.batch_size=16"]
DENSE = ["data.name=fields", 'data.tasks=["semantic: segmentation(4)", "depth: depth", "normals: normals"]', "optimizer.lr=0.01",
         "data.shape=[3, 32, 64]", "data.train_samples=128", "data.validation_samples=4", "data.test_samples=4", "train.batch_size=16"]
NCHW = "train.layout=nchw"
NETWORKS = possible_here({
    "small_cnn, SGD 0.1": [*GLYPHS, *TINY_NETWORK],
    "small_cnn, Adam 0.001, nashmtl": [*GLYPHS, *TINY_NETWORK, "optimizer.name=adam", "optimizer.lr=0.001", "method=nashmtl"],
    "small_cnn, SGD 0.1, nchw": [*GLYPHS, *TINY_NETWORK, NCHW],
    "resnet18, SGD 0.01": [*GLYPHS, "backbone.name=resnet18", "optimizer.lr=0.01"],
    "resnet18, SGD 0.01, bfloat16": [*GLYPHS, "backbone.name=resnet18", "optimizer.lr=0.01", "train.precision=bfloat16"],
    "resnet18, SGD 0.01, nchw": [*GLYPHS, "backbone.name=resnet18", "optimizer.lr=0.01", NCHW],
    "vit, SGD 0.01": [*GLYPHS, "backbone.name=vit", "optimizer.lr=0.01"],
    "segnet on 3 dense tasks, SGD 0.01": [*DENSE, "backbone.name=segnet", "backbone.width=4"],
    "segnet on 3 dense tasks, SGD 0.01, nchw": [*DENSE, "backbone.name=segnet", "backbone.width=4", NCHW],
    "mobilenet_v2 on 3 dense tasks, SGD 0.01": [*DENSE, "backbone.name=mobilenet_v2", "backbone.raspp=true"],
})


def trained(program, folder, sets, threads, epochs):
    """Weights in one list, and training losses of every epoch."""
    out = f"{threads}-{epochs}"
    status, _, said = run(program, ["train", "--out", out, *settings([*sets, f"threads={threads}", f"train.epochs={epochs}",
                                                                       f"train.checkpoint_every={epochs}"])], folder)
    assert status == 0, said
    weights = [value for _, values in read_safetensors(folder / out / "seed-0/model.safetensors").values() for value in values]
    records = [json.loads(line) for line in (folder / out / "seed-0/run.jsonl").read_text().splitlines()]
    losses = [task["loss"] for record in records if record["type"] == "epoch" for task in record["train"].values()]
    return weights, losses


def distance(one, two):
    return (sum((a - b) ** 2 for a, b in zip(one, two)) / sum(a * a for a in one)) ** 0.5


def main():
    options = arguments(__doc__, 0)
    rows = []
    for name, sets in NETWORKS.items():
        if options.only not in name:
            continue
        for steps in (1, 8, 32):
            epochs = max(1, steps // 8)
            change = [f"data.train_samples={16 * steps // epochs}"]
            with scratch() as scratch_name:
                folder = pathlib.Path(scratch_name)
                (one, losses), (two, other) = (trained(options.program, folder, [*sets, *change], threads, epochs) for threads in (1, 2))
            rows.append([name, steps, f"{distance(one, two):.1e}",
                         f"{max(abs(a - b) / abs(a) for a, b in zip(losses, other)):.1e}"])
    print(table(["run", "steps", "distance of the weights", "largest difference of a loss"], rows))


if __name__ == "__main__":
    main()
