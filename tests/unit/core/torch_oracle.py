#!/usr/bin/env python3
"""PyTorch's side of torch_file_test.cc.

    torch_oracle.py write DIR    files of torch.save, and expected.json: file -> name -> [type, shape, values]
    torch_oracle.py read FILE    the same description of FILE, loaded with weights_only, on stdout
Exit status 77: no PyTorch here.
"""
import collections
import json
import pathlib
import sys

try:
    import torch
except ImportError:
    sys.exit(77)

TYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
         torch.uint8, torch.bool]


def describe(state):
    """name -> [type, shape, values], values in row order."""
    return {name: [str(t.dtype)[6:], list(t.shape), t.detach().reshape(-1).tolist()] for name, t in state.items()}


def every_type():
    return collections.OrderedDict((str(t)[6:], torch.tensor([[0, 1, 2], [3, 100, 0]]).to(t)) for t in TYPES)


def views():
    whole = torch.arange(24, dtype=torch.float32)
    return {"whole": whole, "transposed": whole.view(4, 6).t(), "slice": whole.view(2, 3, 4)[:, 1:, ::2],
            "expanded": whole[5:6].expand(3, 2), "scalar": whole[7], "empty": torch.empty(0, 3),
            "empty_tail": whole[24:], "big": torch.tensor([2 ** 62, -2 ** 62]),
            "parameter": torch.nn.Parameter(torch.ones(2, 2).t())}


def network():
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Linear(3, 2))


def checkpoint():
    net = network()
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(2, 2, 5, 5)).sum().backward()
    optimizer.step()
    return {"epoch": 3, "arch": "seq", "best": 0.5, "none": None, "flag": True, "history": [1, 2.5, [torch.ones(1)]],
            "big": 2 ** 80, "device": torch.device("cpu"), "size": torch.Size([1, 2]), "negative": -70000,
            "state_dict": net.state_dict(), "optimizer": optimizer.state_dict()}


def files():
    state = checkpoint()
    nested = {f"state_dict.{name}": tensor for name, tensor in state["state_dict"].items()}
    many = {f"layer{i}.weight": torch.full((2,), float(i)) for i in range(700)}  # memo beyond one byte
    return {"types": (every_type(), every_type()), "views": (views(), views()), "checkpoint": (state, nested),
            "many": (many, many), "nothing": ({}, {})}


def write(folder):
    expected = {}
    for name, (saved, tensors) in files().items():
        for suffix, options in {"zip": {}, "legacy": {"_use_new_zipfile_serialization": False},
                                "protocol4": {"pickle_protocol": 4}}.items():
            torch.save(saved, folder / f"{name}.{suffix}.pth", **options)
            expected[f"{name}.{suffix}.pth"] = describe(tensors)
    torch.save(network(), folder / "module.pth")
    torch.save(torch.ones(2), folder / "tensor.pth")
    torch.save({"a": torch.ones(1, dtype=torch.complex64)}, folder / "complex.pth")
    (folder / "expected.json").write_text(json.dumps(expected))


if sys.argv[1] == "write":
    write(pathlib.Path(sys.argv[2]))
else:
    print(json.dumps(describe(torch.load(sys.argv[2], weights_only=True))))
