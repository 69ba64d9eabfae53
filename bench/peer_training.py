#!/usr/bin/python3
"""Trains a network of bench/peer_networks.py on a packed file (`reconcile data pack`) and prints a JSON line an epoch:
the validation accuracy of every task.

    bench/peer_training.py FILE resnet18|lenet EPOCHS BATCH LEARNING_RATE SEED THREADS
"""
import json
import mmap
import sys

import torch

from peer_networks import make_case

TYPES = {"U8": torch.uint8, "I8": torch.int8, "I64": torch.int64, "F32": torch.float32}


def read_packed(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        count = torch.Size(entry["shape"]).numel()
        tensors[name] = torch.frombuffer(
            content, dtype=TYPES[entry["dtype"]], count=count, offset=8 + size + begin
        ).view(entry["shape"])
    return tensors


def as_input(images):
    return images.float().div(255) if images.dtype == torch.uint8 else images


def accuracies(case, images, targets):
    case.train(False)
    with torch.no_grad():
        features = torch.cat([case.trunk(as_input(part)) for part in images.split(1000)])
        found = [
            (head(features).argmax(1) == target).float().mean().item() for head, target in zip(case.heads, targets)
        ]
    case.train(True)
    return {f"T{t + 1}": accuracy for t, accuracy in enumerate(found)}


def main():
    path, network = sys.argv[1:3]
    epochs, batch, rate, seed, threads = (
        int(sys.argv[3]),
        int(sys.argv[4]),
        float(sys.argv[5]),
        int(sys.argv[6]),
        int(sys.argv[7]),
    )
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    data = read_packed(path)
    targets = {part: [data[f"{part}/target/T{t}"].long() for t in (1, 2)] for part in ("train", "validation")}
    images = data["train/input"]
    case = make_case(network, batch, 2)
    optimizer = torch.optim.SGD(case.parameters(), lr=rate, momentum=0.9)
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(batch):
            if len(chosen) < batch:
                continue
            optimizer.zero_grad(set_to_none=True)
            case.inputs, case.targets = as_input(images[chosen]), [target[chosen] for target in targets["train"]]
            sum(case.task_losses()).backward()
            optimizer.step()
        print(json.dumps(accuracies(case, data["validation/input"], targets["validation"])), flush=True)


if __name__ == "__main__":
    main()
